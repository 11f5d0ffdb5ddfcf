-- A table, not a view: several models read it, some of them several times.
{{ config(materialized='table') }}

with contacts as (
    select * from {{ ref('stg_salesforce__contacts') }}
),

leads as (
    select * from {{ ref('stg_salesforce__leads') }}
),

people as (
    select
        'contact' as record_type,
        contact_id as vendor_id,
        coalesce(_merged_into, master_record_id) as merged_into_id,
        _is_deleted as is_deleted,
        cast(null as string) as converted_to_id,
        account_id as vendor_account_id,
        coalesce(contact_name, nullif(concat_ws(' ', first_name, last_name), '')) as full_name,
        email,
        phone,
        cast(null as string) as country,
        job_title,
        owner_id,
        created_at,
        cast(null as timestamp) as lead_at,
        cast(null as timestamp) as qualified_at,
        lead_source
    from contacts
    union all
    select
        'lead' as record_type,
        lead_id as vendor_id,
        coalesce(_merged_into, master_record_id) as merged_into_id,
        _is_deleted as is_deleted,
        case when is_converted then converted_contact_id end as converted_to_id,
        converted_account_id as vendor_account_id,
        coalesce(lead_name, nullif(concat_ws(' ', first_name, last_name), '')) as full_name,
        email,
        phone,
        country,
        job_title,
        owner_id,
        created_at,
        created_at as lead_at,
        -- The day is the business's, so its first instant is not midnight UTC.
        {{ business_day_start('converted_on') }} as qualified_at,
        lead_source
    from leads
),

-- The first campaign that a person was put into.
members as (
    select
        coalesce(contact_id, lead_id) as vendor_id,
        campaign_id,
        row_number() over (
            partition by coalesce(contact_id, lead_id)
            order by created_at asc nulls last, campaign_member_id asc
        ) as choice
    from {{ ref('stg_salesforce__campaign_members') }}
    where not _is_deleted
),

countries as (
    select * from {{ ref('country_map') }}
),

sources as (
    select * from {{ ref('lead_source_map') }}
    where source_system = 'salesforce'
)

select
    'salesforce' as source_system,
    people.record_type,
    people.vendor_id,
    people.merged_into_id,
    people.is_deleted,
    people.converted_to_id,
    cast(null as string) as linked_contact_id,
    cast(null as string) as linked_lead_id,
    people.vendor_account_id,
    people.full_name,
    lower(people.email) as email,
    people.phone,
    countries.country_code,
    people.job_title,
    people.owner_id as vendor_owner_id,
    people.created_at,
    people.lead_at,
    cast(null as timestamp) as marketing_qualified_at,
    people.qualified_at,
    sources.lead_source,
    members.campaign_id as vendor_campaign_id,
    cast(null as string) as campaign_name
from people
left join members on people.vendor_id = members.vendor_id and members.choice = 1
left join countries on lower(people.country) = countries.country_text
left join sources on people.lead_source = sources.vendor_value
