with links as (
    select * from {{ ref('int_hubspot__opportunity_people_conformed') }}
    union all
    select * from {{ ref('int_salesforce__opportunity_people_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__opportunity_people_conformed') }}
),

opportunity_ids as (
    select * from {{ ref('int_crm__opportunity_ids') }}
),

person_ids as (
    select
        source_system,
        vendor_id,
        person_key
    from {{ ref('int_crm__person_ids') }}
),

opportunities as (
    select * from {{ ref('int_crm__opportunities') }}
),

-- The same person may be linked in both CRMs, or as a lead and as a contact.
people as (
    select distinct
        opportunity_ids.opportunity_key,
        person_ids.person_key
    from links
    inner join opportunity_ids
        on
            links.source_system = opportunity_ids.source_system
            and links.vendor_opportunity_id = opportunity_ids.vendor_id
    inner join person_ids
        on
            links.source_system = person_ids.source_system
            and links.vendor_person_id = person_ids.vendor_id
)

select
    people.opportunity_key,
    people.person_key,
    coalesce(people.person_key = opportunities.person_key, false) as is_primary
from people
inner join opportunities on people.opportunity_key = opportunities.opportunity_key
