with source as (
    select * from {{ source('raw_salesforce', 'opportunity_line_items') }}
)

select
    {{ text_or_null('Id') }} as opportunity_line_item_id,
    {{ text_or_null('OpportunityId') }} as opportunity_id,
    {{ text_or_null('Product2Id') }} as product_id,
    {{ text_or_null('Name') }} as line_item_name,
    {{ to_decimal('Quantity', 4) }} as quantity,
    try_cast(UnitPrice as decimal(38, 10)) as unit_price,
    {{ to_decimal('TotalPrice', 2) }} as total_price,
    try_cast(ListPrice as decimal(38, 10)) as list_price,
    {{ text_or_null('CurrencyIsoCode') }} as currency_code,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
