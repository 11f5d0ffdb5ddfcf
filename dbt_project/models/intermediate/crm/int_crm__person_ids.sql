with hubspot as (
    select * from {{ ref('int_hubspot__people_conformed') }}
),

salesforce as (
    select * from {{ ref('int_salesforce__people_conformed') }}
),

pipedrive as (
    select * from {{ ref('int_pipedrive__people_conformed') }}
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

synced as (
    select
        salesforce.source_system,
        salesforce.record_type,
        salesforce.vendor_id,
        salesforce.merged_into_id,
        salesforce.is_deleted,
        salesforce.email,
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
        hubspot.is_deleted,
        hubspot.email,
        coalesce(
            {{ vendor_key('person', "'salesforce'", 'links.salesforce_id') }},
            {{ vendor_key('person', "'hubspot'", 'hubspot.vendor_id') }}
        ) as record_key,
        links.match_rule
    from hubspot
    left join links on hubspot.vendor_id = links.hubspot_id
),

-- Pipedrive syncs with neither: it is matched by the address alone, to a person that the other two
-- agree on.
known_emails as (
    select
        email,
        min(record_key) as record_key
    from synced
    where not is_deleted and email is not null
    group by email
    having count(distinct record_key) = 1
),

pipedrive_emails as (
    select
        email,
        min(vendor_id) as vendor_id
    from pipedrive
    where not is_deleted and email is not null
    group by email
    having count(*) = 1
),

pipedrive_links as (
    select
        pipedrive_emails.vendor_id,
        known_emails.record_key
    from pipedrive_emails
    inner join known_emails on pipedrive_emails.email = known_emails.email
),

records as (
    select
        source_system,
        record_type,
        vendor_id,
        merged_into_id,
        record_key,
        match_rule
    from synced
    union all
    select
        pipedrive.source_system,
        pipedrive.record_type,
        pipedrive.vendor_id,
        pipedrive.merged_into_id,
        coalesce(
            pipedrive_links.record_key,
            {{ vendor_key('person', "'pipedrive'", 'pipedrive.vendor_id') }}
        ) as record_key,
        case when pipedrive_links.record_key is not null then 'email' end as match_rule
    from pipedrive
    left join pipedrive_links on pipedrive.vendor_id = pipedrive_links.vendor_id
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
