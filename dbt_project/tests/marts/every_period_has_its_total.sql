-- The spine has no holes: each KPI has a total for every period of the grains that it is given in.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

grains as (
    select distinct
        kpi_id,
        period_grain
    from kpi_values
    -- Given per pair of products only.
    where kpi_id <> 'attach_rate'
)

select
    grains.kpi_id,
    periods.period_grain,
    periods.period_start
from grains
inner join periods on grains.period_grain = periods.period_grain
left join kpi_values
    on
        grains.kpi_id = kpi_values.kpi_id
        and periods.period_grain = kpi_values.period_grain
        and periods.period_start = kpi_values.period_start
        and kpi_values.dimension = 'total'
where kpi_values.kpi_id is null
