with campaigns as (
    select * from {{ ref('stg_salesforce__campaigns') }}
    where not _is_deleted
),

channels as (
    select * from {{ ref('lead_source_map') }}
    where source_system = 'salesforce'
),

org as (
    select max(default_currency_code) as currency_code
    from {{ ref('stg_salesforce__organizations') }}
)

select
    'salesforce' as source_system,
    campaigns.campaign_id as vendor_id,
    campaigns.campaign_name,
    coalesce(channels.lead_source, lower(campaigns.campaign_type)) as channel,
    campaigns.starts_on,
    campaigns.ends_on,
    campaigns.budgeted_cost as budget_amount,
    campaigns.actual_cost as spend_amount,
    coalesce(campaigns.currency_code, org.currency_code) as currency_code
from campaigns
cross join org
left join channels on campaigns.campaign_type = channels.vendor_value
