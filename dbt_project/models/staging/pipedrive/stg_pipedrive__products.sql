with source as (
    select * from {{ source('raw_pipedrive', 'products') }}
)

select
    {{ text_or_null('id') }} as product_id,
    {{ text_or_null('name') }} as product_name,
    {{ text_or_null('code') }} as sku,
    {{ text_or_null('category') }} as category_option_id,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
