-- Open versions of a deal that follow one another are one span; a reopened deal has several.
with versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

opened as (
    select
        opportunity_key,
        valid_from,
        least(coalesce(valid_to, {{ as_of() }}), {{ as_of() }}) as valid_to,
        is_closed,
        lag(is_closed) over (
            partition by opportunity_key order by valid_from asc
        ) as was_closed
    from versions
    where valid_from < {{ as_of() }}
),

numbered as (
    select
        opportunity_key,
        valid_from,
        valid_to,
        is_closed,
        sum(case when was_closed is null or was_closed then 1 else 0 end) over (
            partition by opportunity_key
            order by valid_from asc
            rows between unbounded preceding and current row
        ) as span_number
    from opened
),

spans as (
    select
        opportunity_key,
        span_number,
        min(valid_from) as opened_at,
        max(valid_to) as closed_at
    from numbered
    where not is_closed
    group by opportunity_key, span_number
)

select
    opportunity_key,
    opened_at,
    -- The end is not part of the span; for a deal that is still open, the run.
    closed_at,
    {{ to_business_date('opened_at') }} as first_day,
    {{ to_business_date(add_milliseconds('closed_at', -1)) }} as last_day
from spans
