with campaigns as (
    select * from {{ ref('stg_hubspot__campaigns') }}
    where not _is_deleted
),

-- HubSpot keeps no channel of a campaign: most of the contacts that came by it came that way.
sources as (
    select
        lower(campaign_name) as campaign_name,
        lead_source,
        row_number() over (
            partition by lower(campaign_name) order by count(*) desc, lead_source asc
        ) as choice
    from {{ ref('int_hubspot__people_conformed') }}
    where campaign_name is not null and lead_source is not null
    group by lower(campaign_name), lead_source
),

channels as (
    select * from sources
    where choice = 1
),

portal as (
    select max(company_currency_code) as currency_code from {{ ref('stg_hubspot__account_info') }}
)

select
    'hubspot' as source_system,
    campaigns.campaign_id as vendor_id,
    campaigns.campaign_name,
    channels.lead_source as channel,
    campaigns.starts_on,
    campaigns.ends_on,
    campaigns.budget_amount,
    campaigns.spend_amount,
    coalesce(campaigns.currency_code, portal.currency_code) as currency_code
from campaigns
cross join portal
left join channels on lower(campaigns.campaign_name) = channels.campaign_name
