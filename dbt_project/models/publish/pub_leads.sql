with leads as (
    select * from {{ ref('fct_leads') }}
),

people as (
    select * from {{ ref('dim_person') }}
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    leads.person_key,
    people.full_name,
    leads.account_key,
    leads.owner_key,
    owners.owner_name,
    leads.lead_at,
    leads.lead_on,
    leads.marketing_qualified_at,
    leads.qualified_at,
    leads.is_qualified,
    leads.first_won_on,
    leads.is_converted,
    cast(leads.days_to_qualification as bigint) as days_to_qualification,
    cast(leads.days_to_win as bigint) as days_to_win,
    leads.lead_source,
    campaigns.campaign_name,
    leads.country_code,
    leads.source_system
from leads
inner join people on leads.person_key = people.person_key
left join campaigns on leads.campaign_key = campaigns.campaign_key
left join owners on leads.owner_key = owners.owner_key
