with spend as (
    select * from {{ ref('int_spreadsheets__campaign_spend_conformed') }}
),

campaigns as (
    select * from {{ ref('int_crm__campaign_names') }}
)

select
    -- Null where no CRM has a campaign of the name.
    campaigns.campaign_key,
    spend.campaign_name,
    spend.spent_on,
    spend.spend_amount,
    spend.currency_code
from spend
left join campaigns on lower(spend.campaign_name) = campaigns.campaign_name
