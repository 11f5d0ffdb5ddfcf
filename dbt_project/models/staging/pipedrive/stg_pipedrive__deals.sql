with source as (
    select * from {{ source('raw_pipedrive', 'deals') }}
)

select
    {{ text_or_null('id') }} as deal_id,
    {{ text_or_null('title') }} as deal_title,
    {{ text_or_null('owner_id') }} as owner_id,
    {{ text_or_null('person_id') }} as person_id,
    {{ text_or_null('org_id') }} as organization_id,
    {{ text_or_null('pipeline_id') }} as pipeline_id,
    {{ text_or_null('stage_id') }} as stage_id,
    {{ text_or_null('status') }} as status,
    {{ to_decimal('value', 2) }} as amount,
    {{ text_or_null('currency') }} as currency_code,
    try_cast(probability as decimal(38, 10)) as probability_percent,
    {{ text_or_null('lost_reason') }} as lost_reason,
    expected_close_date as expected_close_on,
    try_cast(add_time as timestamp) as created_at,
    try_cast(won_time as timestamp) as won_at,
    try_cast(lost_time as timestamp) as lost_at,
    {{ pipedrive_custom_field('deals', var('pipedrive_deal_type_field')) }}
        as deal_type_option_id,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(add_time as timestamp)') }}
