-- What a report shows beside a KPI of the same meaning is that KPI.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

effectiveness as (
    select * from {{ ref('fct_campaign_effectiveness') }}
    where dimension = 'total'
),

bottlenecks as (
    select * from {{ ref('fct_bottlenecks') }}
),

stalled as (
    select * from {{ ref('fct_stalled_deals') }}
),

purchases as (
    select * from {{ ref('fct_first_purchases') }}
),

reported as (
    select
        'leads_created' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        cast(lead_count as double) as reported_value
    from effectiveness
    union all
    select
        'qualified_leads' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        cast(qualified_count as double) as reported_value
    from effectiveness
    union all
    select
        'deals_won' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        cast(won_count as double) as reported_value
    from effectiveness
    union all
    select
        'sales_amount' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        cast(won_amount as double) as reported_value
    from effectiveness
    union all
    select
        'sessions' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        cast(session_count as double) as reported_value
    from effectiveness
    union all
    select
        'campaign_roi' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        roi as reported_value
    from effectiveness
    union all
    select
        'cost_per_lead' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        cost_per_lead as reported_value
    from effectiveness
    union all
    select
        'customer_acquisition_cost' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        cost_per_customer as reported_value
    from effectiveness
    union all
    select
        'stage_conversion_cohort' as kpi_id,
        'quarter' as period_grain,
        quarter_start as period_start,
        stage_key as dimension_key,
        conversion_rate as reported_value
    from bottlenecks
    where conversion_rate is not null
    union all
    select
        'days_in_stage_median' as kpi_id,
        'quarter' as period_grain,
        quarter_start as period_start,
        stage_key as dimension_key,
        median_days as reported_value
    from bottlenecks
    where median_days is not null
    union all
    select
        'stalled_pipeline_share' as kpi_id,
        period_grain,
        period_start,
        'total' as dimension_key,
        {{ safe_divide(
            'sum(case when is_stalled then amount_base else 0 end)', 'sum(amount_base)'
        ) }} as reported_value
    from stalled
    where amount_base > 0
    group by period_grain, period_start
    union all
    select
        'customer_journey_days' as kpi_id,
        'day' as period_grain,
        first_won_on as period_start,
        'total' as dimension_key,
        {{ safe_divide('sum(journey_days)', 'count(journey_days)') }} as reported_value
    from purchases
    where first_won_on <= {{ as_of_date() }}
    group by first_won_on
)

select
    reported.kpi_id,
    reported.period_grain,
    reported.period_start,
    reported.dimension_key,
    reported.reported_value,
    kpi_values.value
from reported
left join kpi_values
    on
        reported.kpi_id = kpi_values.kpi_id
        and reported.period_grain = kpi_values.period_grain
        and reported.period_start = kpi_values.period_start
        and reported.dimension_key = kpi_values.dimension_key
where
    kpi_values.kpi_id is null
    -- The contract keeps ten places.
    or abs(coalesce(reported.reported_value, -1) - cast(coalesce(kpi_values.value, -1) as double))
    > 0.00000001
