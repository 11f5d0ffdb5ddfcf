-- First what people decided, then what the vendors' own sync wrote, of the contact or of the lead.
with records as (
    select * from {{ ref('int_crm__person_records') }}
),

decisions as (
    {{ identity_decisions('person', 'join') }}
),

separations as (
    {{ identity_decisions('person', 'separate') }}
),

roots as (
    select
        record_number,
        root_number as cluster_number
    from records
),

{{ identity_deciding() }},

-- A live record and a deleted one are not matched: the deletion of a copy takes nobody away.
pairs as (
    select
        coalesce(contacts.root_number, leads.root_number) as record_a,
        records.record_number as record_b
    from records
    left join records as contacts
        on
            records.linked_contact_id = contacts.vendor_id
            and contacts.source_system = 'salesforce'
            and records.is_deleted = contacts.is_root_deleted
    left join records as leads
        on
            records.linked_lead_id = leads.vendor_id
            and leads.source_system = 'salesforce'
            and records.is_deleted = leads.is_root_deleted
    where contacts.root_number is not null or leads.root_number is not null
),

{{ identity_linking() }}

select
    record_number,
    cluster_number,
    match_rule,
    match_confidence
from joined
