with campaigns as (
    select * from {{ ref('int_hubspot__campaigns_conformed') }}
    union all
    select * from {{ ref('int_salesforce__campaigns_conformed') }}
)

select
    {{ vendor_key('campaign', 'source_system', 'vendor_id') }} as campaign_key,
    campaign_name,
    channel,
    starts_on,
    ends_on,
    budget_amount,
    spend_amount,
    currency_code,
    source_system
from campaigns
