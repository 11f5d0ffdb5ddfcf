-- A run reads after its own instant: its loads are the first ones after as_of, within a day. Where
-- there are none, the newest ones before it.
with loads as (
    select * from {{ ref('stg_ingestion__loads') }}
    where status = 'loaded' and window_end <= {{ add_milliseconds(as_of(), 86400000) }}
),

reconciliation as (
    select * from {{ ref('stg_ingestion__reconciliation') }}
    where window_end <= {{ add_milliseconds(as_of(), 86400000) }}
),

newest_loads as (
    select
        source_system,
        entity,
        coalesce(
            min(window_end) filter (where window_end >= {{ as_of() }}), max(window_end)
        ) as known_until
    from loads
    group by source_system, entity
),

-- The last time that the vendor said a number; not every pull asks.
ranked_counts as (
    select
        *,
        row_number() over (
            partition by source_system, entity, measure
            order by
                case when window_end >= {{ as_of() }} then window_end end asc nulls last,
                window_end desc,
                load_id desc
        ) as newest_first
    from reconciliation
    where vendor_row_count is not null or vendor_value is not null
),

counts as (
    select
        source_system,
        entity,
        max(vendor_row_count) as vendor_row_count,
        max(case when vendor_row_count is not null then raw_row_count end) as raw_row_count,
        max(vendor_value) as vendor_value,
        max(case when vendor_value is not null then raw_value end) as raw_value,
        bool_and(coalesce(is_within, true)) as is_within
    from ranked_counts
    where newest_first = 1
    group by source_system, entity
)

select
    newest_loads.source_system,
    newest_loads.entity,
    newest_loads.known_until,
    counts.vendor_row_count,
    counts.raw_row_count,
    counts.vendor_value,
    counts.raw_value,
    counts.is_within
from newest_loads
left join counts
    on
        newest_loads.source_system = counts.source_system
        and newest_loads.entity = counts.entity
