with source as (
    select * from {{ source('raw_hubspot', 'companies') }}
)

select
    {{ text_or_null('id') }} as company_id,
    {{ text_or_null('name') }} as company_name,
    {{ text_or_null('domain') }} as domain,
    {{ text_or_null('website') }} as website,
    {{ text_or_null('industry') }} as industry,
    try_cast(numberofemployees as bigint) as employee_count,
    {{ custom_field('raw_hubspot', 'companies', var('hubspot_tax_id_property')) }} as tax_id,
    {{ text_or_null('country') }} as country,
    {{ text_or_null('city') }} as city,
    {{ id_text('hubspot_owner_id') }} as owner_id,
    try_cast(createdate as timestamp) as created_at,
    {{ text_or_null('salesforceaccountid') }} as salesforce_account_id,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(createdate as timestamp)') }}
