-- Deals won and lost in all years, those open at the run and those closed nobody knows when are all
-- the counted deals; and each of them was created once.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
    where dimension = 'total' and period_grain = 'year'
),

newest as (
    select max(period_start) as period_start
    from kpi_values
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain = 'year'
),

deals as (
    select
        count(*) as all_count,
        count_if(opportunities.is_closed and days.date_day is null) as placeless_count,
        count_if(opportunities.created_at >= {{ as_of() }}) as future_count
    from {{ ref('fct_opportunities') }} as opportunities
    left join days on opportunities.closed_on = days.date_day
),

counted as (
    select
        sum(case when kpi_values.kpi_id = 'deals_won' then kpi_values.value else 0 end)
            as won_count,
        sum(case when kpi_values.kpi_id = 'deals_lost' then kpi_values.value else 0 end)
            as lost_count,
        sum(
            case
                when
                    kpi_values.kpi_id = 'open_pipeline_count'
                    and kpi_values.period_start = newest.period_start
                    then kpi_values.value
                else 0
            end
        ) as open_count,
        sum(
            case when kpi_values.kpi_id = 'pipeline_created_count' then kpi_values.value else 0 end
        ) as created_count
    from kpi_values
    cross join newest
)

select
    deals.all_count,
    deals.placeless_count,
    deals.future_count,
    counted.won_count,
    counted.lost_count,
    counted.open_count,
    counted.created_count
from deals
cross join counted
where
    deals.all_count
    <> coalesce(counted.won_count + counted.lost_count + counted.open_count, 0)
    + deals.placeless_count
    + deals.future_count
    or deals.all_count <> coalesce(counted.created_count, 0) + deals.future_count
