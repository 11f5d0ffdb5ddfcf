with source as (
    select * from {{ source('raw_hubspot', 'products') }}
)

select
    {{ text_or_null('id') }} as product_id,
    {{ text_or_null('name') }} as product_name,
    try_cast(price as decimal(38, 10)) as price,
    {{ text_or_null('hs_sku') }} as sku,
    {{ text_or_null('product_family') }} as product_family,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
