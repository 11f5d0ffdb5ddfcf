with source as (
    select * from {{ source('raw_salesforce', 'orders') }}
)

select
    {{ text_or_null('Id') }} as order_id,
    {{ text_or_null('AccountId') }} as account_id,
    {{ text_or_null('OpportunityId') }} as opportunity_id,
    {{ text_or_null('OrderNumber') }} as order_number,
    try_cast(EffectiveDate as date) as effective_on,
    {{ text_or_null('StatusCode') }} as status_code,
    {{ to_decimal('TotalAmount', 2) }} as total_amount,
    {{ text_or_null('CurrencyIsoCode') }} as currency_code,
    try_cast(IsReductionOrder as boolean) as is_reduction_order,
    {{ text_or_null('OriginalOrderId') }} as original_order_id,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
