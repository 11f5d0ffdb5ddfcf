with source as (
    select * from {{ source('raw_hubspot', 'pipeline_stages') }}
)

select
    {{ text_or_null('object_type') }} as object_type,
    {{ text_or_null('pipeline_id') }} as pipeline_id,
    {{ text_or_null('id') }} as stage_id,
    {{ text_or_null('label') }} as stage_label,
    try_cast(displayOrder as bigint) as display_order,
    try_cast(probability as decimal(38, 10)) as probability,
    try_cast(isClosed as boolean) as is_closed,
    {{ text_or_null('ticketState') }} as ticket_state,
    try_cast(archived as boolean) as is_archived,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
