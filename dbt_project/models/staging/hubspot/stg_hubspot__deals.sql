with source as (
    select * from {{ source('raw_hubspot', 'deals') }}
)

select
    {{ text_or_null('id') }} as deal_id,
    {{ text_or_null('dealname') }} as deal_name,
    {{ to_decimal('amount', 2) }} as amount,
    {{ id_text('dealstage') }} as stage_id,
    {{ id_text('pipeline') }} as pipeline_id,
    try_cast(closedate as timestamp) as close_at,
    try_cast(createdate as timestamp) as created_at,
    {{ text_or_null('dealtype') }} as deal_type,
    {{ id_text('hubspot_owner_id') }} as owner_id,
    try_cast(hs_deal_stage_probability as decimal(38, 10)) as stage_probability,
    try_cast(hs_is_closed as boolean) as is_closed,
    try_cast(hs_is_closed_won as boolean) as is_closed_won,
    {{ text_or_null('closed_lost_reason') }} as closed_lost_reason,
    {{ text_or_null('closed_won_reason') }} as closed_won_reason,
    {{ text_or_null('deal_currency_code') }} as currency_code,
    {{ text_or_null('hs_manual_forecast_category') }} as forecast_category,
    {{ text_or_null('hs_next_step') }} as next_step,
    {{ text_or_null('hs_analytics_source') }} as analytics_source,
    {{ text_or_null('hs_analytics_source_data_2') }} as analytics_source_detail,
    {{ text_or_null('hs_salesforceopportunityid') }} as salesforce_opportunity_id,
    {{ text_or_null('coupon_code') }} as coupon_code,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(createdate as timestamp)') }}
