with source as (
    select * from {{ source('raw_salesforce', 'accounts') }}
)

select
    {{ text_or_null('Id') }} as account_id,
    {{ text_or_null('Name') }} as account_name,
    {{ text_or_null('Industry') }} as industry,
    {{ text_or_null('OwnerId') }} as owner_id,
    try_cast(NumberOfEmployees as bigint) as employee_count,
    {{ text_or_null('Website') }} as website,
    {{ custom_field('raw_salesforce', 'accounts', var('salesforce_tax_id_field')) }} as tax_id,
    {{ text_or_null('BillingCity') }} as billing_city,
    {{ text_or_null('BillingCountry') }} as billing_country,
    {{ merged_into(text_or_null('MasterRecordId')) }} as master_record_id,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
