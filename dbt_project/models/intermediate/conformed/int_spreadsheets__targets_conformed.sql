with targets as (
    select * from {{ ref('stg_spreadsheets__targets') }}
    where not _is_deleted
),

units as (
    select
        kpi_id,
        unit
    from {{ ref('kpi_catalogue') }}
)

select
    'spreadsheets' as source_system,
    targets.row_key as vendor_id,
    targets.kpi_id,
    targets.scope,
    targets.scope_text,
    targets.period_grain,
    targets.period_start,
    targets.period_end,
    targets.target_value,
    case
        when units.unit like 'money%'
            then coalesce(targets.currency_code, '{{ var("reporting_currency") }}')
    end as currency_code,
    targets.valid_from,
    -- A version holds until the next one of the same target does.
    lead(targets.valid_from) over (
        partition by targets.series
        order by targets.valid_from asc
    ) as valid_to
from targets
left join units on targets.kpi_id = units.kpi_id
