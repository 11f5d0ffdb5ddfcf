-- What a person can be known by, made comparable. Numbered in the order in which records speak.
with people as (
    select * from {{ ref('int_hubspot__people_conformed') }}
    union all
    select * from {{ ref('int_salesforce__people_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__people_conformed') }}
),

accounts as (
    select
        account_ids.source_system,
        account_ids.vendor_id,
        account_ids.account_key,
        account_records.country_code
    from {{ ref('int_crm__account_ids') }} as account_ids
    inner join {{ ref('int_crm__account_records') }} as account_records
        on
            account_ids.source_system = account_records.source_system
            and account_ids.vendor_id = account_records.vendor_id
),

sources as (
    select * from {{ ref('identity_sources') }}
),

shared_mailboxes as (
    select * from {{ ref('shared_mailboxes') }}
),

cleaned as (
    select
        people.source_system,
        people.record_type,
        people.vendor_id,
        people.merged_into_id,
        people.is_deleted,
        people.converted_to_id,
        people.linked_contact_id,
        people.linked_lead_id,
        people.created_at,
        people.email,
        accounts.account_key,
        sources.speaking_order,
        case when people.is_deleted then 0 else sources.source_bit end as live_bit,
        shared_mailboxes.local_part is not null as is_shared_mailbox,
        -- A number without its country was typed where the person is, or else the company.
        coalesce(people.country_code, accounts.country_code) as country_code,
        {{ phone_text('people.phone') }} as phone_text,
        {{ plain_text('people.full_name') }} as plain_name
    from people
    inner join sources on people.source_system = sources.source_system
    left join accounts
        on
            people.source_system = accounts.source_system
            and people.vendor_account_id = accounts.vendor_id
    left join shared_mailboxes on split_part(people.email, '@', 1) = shared_mailboxes.local_part
),

numbered as (
    select
        cleaned.*,
        row_number() over (
            order by
                cleaned.speaking_order asc,
                cleaned.record_type asc,
                cleaned.created_at asc nulls last,
                cleaned.source_system asc,
                cleaned.vendor_id asc
        ) as record_number
    from cleaned
)

-- A converted lead and its contact are one person, known by the contact.
select
    numbered.record_number,
    coalesce(contacts.record_number, numbered.record_number) as root_number,
    coalesce(contacts.is_deleted, numbered.is_deleted) as is_root_deleted,
    numbered.source_system,
    numbered.record_type,
    numbered.vendor_id,
    numbered.merged_into_id,
    numbered.is_deleted,
    numbered.live_bit,
    cast(null as string) as mark_a,
    cast(null as string) as mark_b,
    numbered.linked_contact_id,
    numbered.linked_lead_id,
    numbered.email,
    numbered.is_shared_mailbox,
    {{ phone_key('numbered.phone_text', 'numbered.country_code') }} as phone,
    split_part(numbered.plain_name, ' ', 1) as first_word,
    regexp_extract(numbered.plain_name, '([^ ]+)$', 1) as last_word,
    numbered.account_key,
    numbered.created_at
from numbered
left join numbered as contacts
    on
        numbered.converted_to_id = contacts.vendor_id
        and numbered.source_system = contacts.source_system
        and contacts.record_type = 'contact'
