with hubspot as (
    select * from {{ ref('int_hubspot__people_conformed') }}
),

salesforce as (
    select * from {{ ref('int_salesforce__people_conformed') }}
),

-- A converted lead and its contact are one person, known by the contact.
salesforce_roots as (
    select
        records.vendor_id,
        coalesce(contacts.vendor_id, records.vendor_id) as root_id,
        coalesce(contacts.is_deleted, records.is_deleted) as is_deleted
    from salesforce as records
    left join salesforce as contacts
        on records.converted_to_id = contacts.vendor_id and contacts.record_type = 'contact'
),

-- First rule: the vendors' own sync wrote the id of the other side, of the contact or of the lead.
-- A live record and a deleted one are not matched: the deletion of a copy takes nobody away.
sync_links as (
    select
        hubspot.vendor_id as hubspot_id,
        coalesce(by_contact.root_id, by_lead.root_id) as salesforce_id
    from hubspot
    left join salesforce_roots as by_contact
        on
            hubspot.linked_contact_id = by_contact.vendor_id
            and hubspot.is_deleted = by_contact.is_deleted
    left join salesforce_roots as by_lead
        on
            hubspot.linked_lead_id = by_lead.vendor_id
            and hubspot.is_deleted = by_lead.is_deleted
    where by_contact.root_id is not null or by_lead.root_id is not null
),

-- Second rule: an address that exactly one live person of each side has. In Salesforce contacts
-- come before leads that were never converted.
hubspot_emails as (
    select
        email,
        min(vendor_id) as vendor_id
    from hubspot
    where not is_deleted and email is not null
    group by email
    having count(*) = 1
),

salesforce_emails as (
    select
        people.email,
        case
            when count(*) filter (where people.record_type = 'contact') = 1
                then min(people.vendor_id) filter (where people.record_type = 'contact')
            when count(*) filter (where people.record_type = 'contact') = 0 and count(*) = 1
                then min(people.vendor_id)
        end as vendor_id
    from salesforce as people
    inner join salesforce_roots as roots
        on people.vendor_id = roots.vendor_id and people.vendor_id = roots.root_id
    where not people.is_deleted and people.email is not null
    group by people.email
),

email_links as (
    select
        hubspot_emails.vendor_id as hubspot_id,
        salesforce_emails.vendor_id as salesforce_id
    from hubspot_emails
    inner join salesforce_emails on hubspot_emails.email = salesforce_emails.email
    left join sync_links as taken_hubspot on hubspot_emails.vendor_id = taken_hubspot.hubspot_id
    left join sync_links as taken_salesforce
        on salesforce_emails.vendor_id = taken_salesforce.salesforce_id
    where
        salesforce_emails.vendor_id is not null
        and taken_hubspot.hubspot_id is null
        and taken_salesforce.salesforce_id is null
),

links as (
    select
        hubspot_id,
        salesforce_id,
        'sync_link' as match_rule
    from sync_links
    union all
    select
        hubspot_id,
        salesforce_id,
        'email' as match_rule
    from email_links
),

records as (
    select
        salesforce.source_system,
        salesforce.record_type,
        salesforce.vendor_id,
        salesforce.merged_into_id,
        {{ vendor_key('person', "'salesforce'", 'salesforce_roots.root_id') }} as record_key,
        cast(null as string) as match_rule
    from salesforce
    inner join salesforce_roots on salesforce.vendor_id = salesforce_roots.vendor_id
    union all
    select
        hubspot.source_system,
        hubspot.record_type,
        hubspot.vendor_id,
        hubspot.merged_into_id,
        coalesce(
            {{ vendor_key('person', "'salesforce'", 'links.salesforce_id') }},
            {{ vendor_key('person', "'hubspot'", 'hubspot.vendor_id') }}
        ) as record_key,
        links.match_rule
    from hubspot
    left join links on hubspot.vendor_id = links.hubspot_id
)

-- What points at a merged-away record means the one that took it in, also after a second merge.
select
    records.source_system,
    records.record_type,
    records.vendor_id,
    records.record_key,
    coalesce(second_winner.record_key, winner.record_key, records.record_key) as person_key,
    records.match_rule
from records
left join records as winner
    on records.merged_into_id = winner.vendor_id and records.source_system = winner.source_system
left join records as second_winner
    on
        winner.merged_into_id = second_winner.vendor_id
        and winner.source_system = second_winner.source_system
