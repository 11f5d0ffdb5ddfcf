with source as (
    select * from {{ source('raw_pipedrive', 'pipelines') }}
)

select
    {{ text_or_null('id') }} as pipeline_id,
    {{ text_or_null('name') }} as pipeline_name,
    order_nr as display_order,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
