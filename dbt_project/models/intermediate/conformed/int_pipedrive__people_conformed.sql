-- A table, not a view: several models read it, some of them several times.
{{ config(materialized='table') }}

with persons as (
    select * from {{ ref('stg_pipedrive__persons') }}
),

emails as (
    select
        person_id,
        lower(email) as email,
        row_number() over (
            partition by person_id order by coalesce(is_primary, false) desc, ordinal desc
        ) as choice
    from {{ ref('stg_pipedrive__person_emails') }}
    where not _is_deleted and email is not null
),

phones as (
    select
        person_id,
        phone,
        row_number() over (
            partition by person_id order by coalesce(is_primary, false) desc, ordinal desc
        ) as choice
    from {{ ref('stg_pipedrive__person_phones') }}
    where not _is_deleted and phone is not null
),

-- A lead leaves Pipedrive's list when it becomes a deal. What stays of it is the deal: whoever has
-- one has been qualified.
first_deals as (
    select
        person_id,
        min(created_at) as created_at
    from {{ ref('stg_pipedrive__deals') }}
    where not _is_deleted and person_id is not null
    group by person_id
),

options as (
    select
        choices.option_id,
        min(choices.option_label) as option_label
    from {{ ref('stg_pipedrive__field_options') }} as choices
    inner join {{ ref('stg_pipedrive__fields') }} as known_fields
        on
            choices.object_type = known_fields.object_type
            and choices.field_code = known_fields.field_code
            and known_fields.is_custom_field
    where
        choices.object_type = 'persons'
        and lower(known_fields.field_name) = lower('{{ var("pipedrive_lead_source_field") }}')
    group by choices.option_id
),

sources as (
    select * from {{ ref('lead_source_map') }}
    where source_system = 'pipedrive'
)

select
    'pipedrive' as source_system,
    'contact' as record_type,
    persons.person_id as vendor_id,
    persons._merged_into as merged_into_id,
    persons._is_deleted as is_deleted,
    cast(null as string) as converted_to_id,
    cast(null as string) as linked_contact_id,
    cast(null as string) as linked_lead_id,
    persons.organization_id as vendor_account_id,
    persons.full_name,
    emails.email,
    phones.phone,
    cast(null as string) as country_code,
    persons.job_title,
    persons.owner_id as vendor_owner_id,
    persons.created_at,
    persons.created_at as lead_at,
    cast(null as timestamp) as marketing_qualified_at,
    first_deals.created_at as qualified_at,
    sources.lead_source,
    cast(null as string) as vendor_campaign_id,
    cast(null as string) as campaign_name
from persons
left join emails on persons.person_id = emails.person_id and emails.choice = 1
left join phones on persons.person_id = phones.person_id and phones.choice = 1
left join first_deals on persons.person_id = first_deals.person_id
left join options on persons.lead_source_option_id = options.option_id
left join sources on options.option_label = sources.vendor_value
