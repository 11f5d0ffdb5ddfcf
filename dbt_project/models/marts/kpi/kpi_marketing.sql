{% set sums = [
    'spend_base', 'session_count', 'lead_count', 'lead_with_session_count',
    'attributed_won_count', 'attributed_won_amount', 'new_customer_count',
] %}
{% set by_channel = "dimension in ('total', 'lead_source')" %}
-- Spend on campaigns that no CRM knows is in the total only: nothing is known to have come of it.
{% set by_campaign = "period_grain in ('month', 'quarter', 'year') and (dimension = 'total'"
    ~ " or (dimension = 'campaign' and dimension_key <> 'unknown'))" %}
with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

marketing_days as (
    select * from {{ ref('fct_marketing_days') }}
),

measured as (
    {{ period_sums('marketing_days', sums) }}
),

-- A part without any spend, session or customer has no number of its own.
channels as (
    select * from measured
    where {{ by_channel }} and (dimension = 'total' or session_count > 0)
),

campaigns as (
    select * from measured
    where {{ by_campaign }}
)

{{ kpi_rows('sessions', 'channels', 'session_count', 'session_count') }}
union all
{{ kpi_rows(
    'session_to_lead_rate', 'channels', 'session_count', 'lead_with_session_count', 'session_count'
) }}
union all
{{ kpi_rows(
    'campaign_roi', 'campaigns', 'attributed_won_count', 'attributed_won_amount - spend_base',
    'spend_base', where="dimension = 'total' or spend_base > 0 or attributed_won_count > 0"
) }}
union all
{{ kpi_rows(
    'cost_per_lead', 'campaigns', 'lead_count', 'spend_base', 'lead_count',
    where="dimension = 'total' or spend_base > 0 or lead_count > 0"
) }}
union all
{{ kpi_rows(
    'customer_acquisition_cost', 'campaigns', 'new_customer_count', 'spend_base',
    'new_customer_count', where="dimension = 'total' or spend_base > 0 or new_customer_count > 0"
) }}
