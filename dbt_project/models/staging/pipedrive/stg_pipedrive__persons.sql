with source as (
    select * from {{ source('raw_pipedrive', 'persons') }}
)

select
    {{ text_or_null('id') }} as person_id,
    {{ text_or_null('name') }} as full_name,
    {{ text_or_null('owner_id') }} as owner_id,
    {{ text_or_null('org_id') }} as organization_id,
    {{ text_or_null('job_title') }} as job_title,
    {{ pipedrive_custom_field('persons', var('pipedrive_lead_source_field')) }}
        as lead_source_option_id,
    try_cast(add_time as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(add_time as timestamp)') }}
