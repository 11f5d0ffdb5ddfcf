-- Sales count only on the days for which the owner has a target; longer periods and teams add up
-- both sides.
with periods as (
    select * from {{ ref('dim_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

working_periods as (
    select * from {{ ref('dim_working_period') }}
    where country_code = {{ business_country() }}
),

target_days as (
    select * from {{ ref('fct_target_days') }}
    where kpi_id = 'sales_amount' and scope = 'owner'
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

pipeline as (
    select * from {{ ref('fct_pipeline_as_of') }}
    where period_grain in ('month', 'quarter', 'year')
),

owners as (
    select * from {{ ref('dim_owner') }}
),

sold as (
    select
        owner_key_at_close as owner_key,
        closed_on,
        sum(amount_base) as sales_amount
    from opportunities
    where is_won
    group by owner_key_at_close, closed_on
),

asked as (
    select
        days.period_grain,
        days.period_start,
        target_days.scope_key as owner_key,
        cast(sum(target_days.day_share) as decimal(18, 2)) as target_amount,
        cast(coalesce(sum(sold.sales_amount), 0) as decimal(18, 2)) as sales_amount,
        count(distinct concat_ws(
            '|', target_days.target_grain, cast(target_days.target_start as string)
        )) as target_count
    from target_days
    inner join days on target_days.date_day = days.date_day
    left join sold
        on target_days.scope_key = sold.owner_key and target_days.date_day = sold.closed_on
    group by days.period_grain, days.period_start, target_days.scope_key
),

-- What is open of these owners and expected to close in the period.
expected as (
    select
        pipeline.period_grain,
        pipeline.period_start,
        pipeline.owner_key,
        sum(pipeline.amount_base) as expected_amount
    from pipeline
    inner join periods
        on
            pipeline.period_grain = periods.period_grain
            and pipeline.period_start = periods.period_start
            and pipeline.close_on >= periods.period_start
            and pipeline.close_on < periods.period_end
    group by pipeline.period_grain, pipeline.period_start, pipeline.owner_key
),

described as (
    select
        asked.period_grain,
        asked.period_start,
        asked.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name,
        asked.target_amount,
        asked.sales_amount,
        asked.target_count,
        coalesce(expected.expected_amount, 0) as expected_amount
    from asked
    left join owners on asked.owner_key = owners.owner_key
    left join expected
        on
            asked.owner_key = expected.owner_key
            and asked.period_grain = expected.period_grain
            and asked.period_start = expected.period_start
),

placed as (
    {{ by_dimension(
        'described',
        [
            'period_grain', 'period_start', 'target_amount', 'sales_amount', 'target_count',
            'expected_amount',
        ],
        {'owner': ['owner_key', 'owner_name'], 'team': ['team_key', 'team_name']},
    ) }}
    union all
    -- Every period has its total, also one without targets.
    select
        period_grain,
        period_start,
        0 as target_amount,
        0 as sales_amount,
        0 as target_count,
        0 as expected_amount,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
),

added as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        sum(target_amount) as target_amount,
        sum(sales_amount) as sales_amount,
        sum(expected_amount) as expected_amount,
        cast(sum(target_count) as bigint) as target_count
    from placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
),

measured as (
    select
        added.period_grain,
        added.period_start,
        added.dimension,
        added.dimension_key,
        added.dimension_value,
        added.target_amount,
        added.sales_amount,
        added.expected_amount,
        added.target_count,
        case
            when working_periods.working_day_count > 0
                then
                    cast(added.target_amount as double)
                    * working_periods.elapsed_working_day_count
                    / working_periods.working_day_count
        end as target_to_date,
        -- Sales at the end of the period, at the pace per working day so far.
        case
            when working_periods.elapsed_working_day_count > 0
                then
                    cast(added.sales_amount as double)
                    * working_periods.working_day_count
                    / working_periods.elapsed_working_day_count
        end as projected_amount,
        -- Nothing is left to cover once the target is met.
        case
            when added.target_amount > added.sales_amount
                then added.target_amount - added.sales_amount
        end as missing_amount
    from added
    inner join working_periods
        on
            added.period_grain = working_periods.period_grain
            and added.period_start = working_periods.period_start
)

{{ kpi_rows('target_amount', 'measured', 'target_count', 'target_amount') }}
union all
{{ kpi_rows('attainment', 'measured', 'target_count', 'sales_amount', 'target_amount') }}
union all
{{ kpi_rows('attainment_to_date', 'measured', 'target_count', 'sales_amount', 'target_to_date') }}
union all
{{ kpi_rows('pacing', 'measured', 'target_count', 'projected_amount', 'target_amount') }}
union all
{{ kpi_rows('pipeline_coverage', 'measured', 'target_count', 'expected_amount', 'missing_amount') }}
