with campaigns as (
    select * from {{ ref('int_crm__campaigns') }}
)

select
    campaign_key,
    campaign_name,
    channel,
    starts_on,
    ends_on,
    budget_amount,
    spend_amount,
    currency_code,
    source_system
from campaigns
