with source as (
    select * from {{ source('raw_pipedrive', 'stages') }}
)

select
    {{ text_or_null('id') }} as stage_id,
    {{ text_or_null('pipeline_id') }} as pipeline_id,
    {{ text_or_null('name') }} as stage_name,
    order_nr as display_order,
    try_cast(deal_probability as decimal(38, 10)) as probability_percent,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
