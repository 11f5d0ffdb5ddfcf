-- Both sides happened in the period: the deals won in a month are not those that its leads led to.
{% set sums = [
    'spend_base', 'session_count', 'lead_count', 'qualified_count', 'opportunity_count',
    'won_count', 'won_amount', 'attributed_won_count', 'attributed_won_amount',
    'new_customer_count',
] %}
with marketing_days as (
    select * from {{ ref('fct_marketing_days') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

periods as (
    select * from {{ ref('dim_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

measured as (
    {{ period_sums('marketing_days', sums) }}
)

select
    measured.period_grain,
    measured.period_start,
    periods.is_complete,
    measured.dimension,
    measured.dimension_key,
    measured.dimension_value,
    cast(measured.spend_base as decimal(18, 2)) as spend_base,
    cast(measured.session_count as bigint) as session_count,
    cast(measured.lead_count as bigint) as lead_count,
    cast(measured.qualified_count as bigint) as qualified_count,
    cast(measured.opportunity_count as bigint) as opportunity_count,
    cast(measured.won_count as bigint) as won_count,
    cast(measured.won_amount as decimal(18, 2)) as won_amount,
    cast(measured.attributed_won_count as bigint) as attributed_won_count,
    cast(measured.attributed_won_amount as decimal(18, 2)) as attributed_won_amount,
    cast(measured.new_customer_count as bigint) as new_customer_count,
    {{ safe_divide('measured.attributed_won_amount - measured.spend_base', 'measured.spend_base') }}
        as roi,
    {{ safe_divide('measured.spend_base', 'measured.lead_count') }} as cost_per_lead,
    {{ safe_divide('measured.spend_base', 'measured.new_customer_count') }} as cost_per_customer
from measured
inner join periods
    on
        measured.period_grain = periods.period_grain
        and measured.period_start = periods.period_start
