-- No e-mail and no phone: they stay in the warehouse.
with people as (
    select * from {{ ref('dim_person') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    people.person_key,
    people.account_key,
    accounts.account_name,
    people.full_name,
    people.job_title,
    people.owner_key,
    owners.owner_name,
    people.created_at,
    people.lead_at,
    people.marketing_qualified_at,
    people.qualified_at,
    people.lead_source,
    people.source_system,
    people.hubspot_contact_id,
    people.salesforce_contact_id,
    people.salesforce_lead_id,
    people.pipedrive_person_id,
    people.match_rule,
    people.match_confidence
from people
left join accounts on people.account_key = accounts.account_key
left join owners on people.owner_key = owners.owner_key
