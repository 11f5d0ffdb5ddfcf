-- The KPI, the report and the list behind it agree: churn with the list of the churned, service and
-- satisfaction with the post-sale report, active customers with the accounts whose span holds.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

churned as (
    select
        month_start,
        count(*) as lost_count
    from {{ ref('fct_customer_churn') }}
    group by month_start
),

post_sale as (
    select * from {{ ref('fct_post_sale') }}
    where segment_kind in ('total', 'country')
),

reported as (
    select
        'csat' as kpi_id,
        period_grain,
        period_start,
        segment_kind,
        segment_key,
        csat as reported_value
    from post_sale
    union all
    select
        'nps' as kpi_id,
        period_grain,
        period_start,
        segment_kind,
        segment_key,
        nps as reported_value
    from post_sale
    union all
    select
        'complaint_rate' as kpi_id,
        period_grain,
        period_start,
        segment_kind,
        segment_key,
        complaint_rate as reported_value
    from post_sale
    union all
    select
        'return_value_rate' as kpi_id,
        period_grain,
        period_start,
        segment_kind,
        segment_key,
        return_value_rate as reported_value
    from post_sale
    union all
    select
        'first_response_hours' as kpi_id,
        period_grain,
        period_start,
        segment_kind,
        segment_key,
        first_response_hours as reported_value
    from post_sale
    union all
    select
        'resolution_hours_median' as kpi_id,
        period_grain,
        period_start,
        segment_kind,
        segment_key,
        resolution_hours_median as reported_value
    from post_sale
    union all
    select
        'satisfied_repurchase_rate_cohort' as kpi_id,
        period_grain,
        period_start,
        segment_kind,
        segment_key,
        satisfied_repurchase_rate as reported_value
    from post_sale
),

active_today as (
    select count(*) as active_count
    from {{ ref('fct_customer_spans') }}
    where
        basis = 'any'
        and active_from <= {{ to_business_date(add_milliseconds(as_of(), -1)) }}
        and active_to >= {{ to_business_date(add_milliseconds(as_of(), -1)) }}
)

select
    kpi_values.kpi_id,
    kpi_values.period_grain,
    kpi_values.period_start,
    kpi_values.dimension_key,
    kpi_values.value,
    cast(reported.reported_value as decimal(38, 10)) as other_value
from kpi_values
inner join reported
    on
        kpi_values.kpi_id = reported.kpi_id
        and kpi_values.period_grain = reported.period_grain
        and kpi_values.period_start = reported.period_start
        and kpi_values.dimension = reported.segment_kind
        and kpi_values.dimension_key = reported.segment_key
where kpi_values.value is distinct from cast(reported.reported_value as decimal(38, 10))
union all
select
    kpi_values.kpi_id,
    kpi_values.period_grain,
    kpi_values.period_start,
    kpi_values.dimension_key,
    kpi_values.numerator as value,
    coalesce(churned.lost_count, 0) as other_value
from kpi_values
left join churned on kpi_values.period_start = churned.month_start
where
    kpi_values.kpi_id = 'churn_rate'
    and kpi_values.period_grain = 'month'
    and kpi_values.dimension = 'total'
    and kpi_values.numerator <> coalesce(churned.lost_count, 0)
union all
select
    kpi_values.kpi_id,
    kpi_values.period_grain,
    kpi_values.period_start,
    kpi_values.dimension_key,
    kpi_values.value,
    active_today.active_count as other_value
from kpi_values
inner join {{ ref('dim_period') }} as periods
    on
        kpi_values.period_grain = periods.period_grain
        and kpi_values.period_start = periods.period_start
cross join active_today
where
    kpi_values.kpi_id = 'active_customers'
    and kpi_values.dimension = 'total'
    and not periods.is_complete
    and kpi_values.value <> active_today.active_count
