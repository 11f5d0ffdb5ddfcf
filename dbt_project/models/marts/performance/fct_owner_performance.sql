-- The KPIs of one owner side by side: the numbers are those of fct_kpi_values, not computed again.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

measured as (
    select
        dimension_key as owner_key,
        period_grain,
        period_start,
        period_end,
        is_complete,
        max(case when kpi_id = 'win_rate' then numerator end) as won_count,
        max(case when kpi_id = 'win_rate' then denominator end) as closed_count,
        max(case when kpi_id = 'sales_amount' then value end) as sales_amount,
        max(case when kpi_id = 'win_rate' then value end) as win_rate,
        max(case when kpi_id = 'average_deal_size' then value end) as average_deal_size,
        max(case when kpi_id = 'sales_cycle_days' then value end) as sales_cycle_days,
        max(case when kpi_id = 'activities_completed' then value end) as activities_completed,
        max(case when kpi_id = 'open_pipeline_count' then value end) as open_pipeline_count,
        max(case when kpi_id = 'open_pipeline' then value end) as open_pipeline_amount,
        max(case when kpi_id = 'attainment' then numerator end) as targeted_sales_amount,
        max(case when kpi_id = 'attainment' then denominator end) as target_amount,
        max(case when kpi_id = 'attainment' then value end) as attainment
    from kpi_values
    where dimension = 'owner'
    group by dimension_key, period_grain, period_start, period_end, is_complete
)

select
    measured.owner_key,
    owners.owner_name,
    owners.team_key,
    owners.team_name,
    measured.period_grain,
    measured.period_start,
    measured.period_end,
    measured.is_complete,
    cast(coalesce(measured.won_count, 0) as bigint) as won_count,
    cast(coalesce(measured.closed_count - measured.won_count, 0) as bigint) as lost_count,
    cast(coalesce(measured.sales_amount, 0) as decimal(18, 2)) as sales_amount,
    cast(measured.win_rate as double) as win_rate,
    cast(measured.average_deal_size as double) as average_deal_size,
    cast(measured.sales_cycle_days as double) as sales_cycle_days,
    cast(coalesce(measured.activities_completed, 0) as bigint) as activities_completed,
    cast(coalesce(measured.open_pipeline_count, 0) as bigint) as open_pipeline_count,
    cast(coalesce(measured.open_pipeline_amount, 0) as decimal(18, 2)) as open_pipeline_amount,
    cast(measured.target_amount as decimal(18, 2)) as target_amount,
    cast(measured.targeted_sales_amount as decimal(18, 2)) as targeted_sales_amount,
    cast(measured.attainment as double) as attainment
from measured
left join owners on measured.owner_key = owners.owner_key
