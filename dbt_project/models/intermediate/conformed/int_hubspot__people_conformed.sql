-- A table, not a view: several models read it, some of them several times.
{{ config(materialized='table') }}

with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

-- The primary company first; a contact has one primary company at most.
companies as (
    select
        from_id as contact_id,
        to_id as company_id,
        row_number() over (
            partition by from_id
            order by case when association_type_id = 1 then 0 else 1 end, to_id
        ) as choice
    from {{ ref('stg_hubspot__associations') }}
    where from_type = 'contacts' and to_type = 'companies' and not _is_deleted
),

countries as (
    select * from {{ ref('country_map') }}
),

sources as (
    select * from {{ ref('lead_source_map') }}
    where source_system = 'hubspot'
)

select
    'hubspot' as source_system,
    'contact' as record_type,
    contacts.contact_id as vendor_id,
    contacts._merged_into as merged_into_id,
    contacts._is_deleted as is_deleted,
    cast(null as string) as converted_to_id,
    contacts.salesforce_contact_id as linked_contact_id,
    contacts.salesforce_lead_id as linked_lead_id,
    coalesce(contacts.associated_company_id, companies.company_id) as vendor_account_id,
    nullif(concat_ws(' ', contacts.first_name, contacts.last_name), '') as full_name,
    lower(contacts.email) as email,
    contacts.phone,
    countries.country_code,
    contacts.job_title,
    contacts.owner_id as vendor_owner_id,
    contacts.created_at,
    contacts.entered_lead_at as lead_at,
    contacts.entered_marketing_qualified_at as marketing_qualified_at,
    contacts.entered_sales_qualified_at as qualified_at,
    sources.lead_source,
    cast(null as string) as vendor_campaign_id,
    contacts.analytics_source_detail as campaign_name
from contacts
left join companies on contacts.contact_id = companies.contact_id and companies.choice = 1
left join countries on lower(contacts.country) = countries.country_text
left join sources on contacts.analytics_source = sources.vendor_value
