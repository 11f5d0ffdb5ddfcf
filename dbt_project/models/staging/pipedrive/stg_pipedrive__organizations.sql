with source as (
    select * from {{ source('raw_pipedrive', 'organizations') }}
)

select
    {{ text_or_null('id') }} as organization_id,
    {{ text_or_null('name') }} as organization_name,
    {{ text_or_null('owner_id') }} as owner_id,
    {{ text_or_null('website') }} as website,
    {{ pipedrive_custom_field('organizations', var('pipedrive_tax_id_field')) }} as tax_id,
    {{ text_or_null('address_country') }} as country,
    {{ text_or_null('address_locality') }} as city,
    {{ text_or_null('industry') }} as industry,
    employee_count,
    try_cast(add_time as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(add_time as timestamp)') }}
