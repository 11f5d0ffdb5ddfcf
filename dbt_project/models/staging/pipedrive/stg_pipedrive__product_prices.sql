with source as (
    select * from {{ source('raw_pipedrive', 'product_prices') }}
)

select
    {{ text_or_null('product_id') }} as product_id,
    {{ text_or_null('currency') }} as currency_code,
    try_cast(price as decimal(18, 2)) as price,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
