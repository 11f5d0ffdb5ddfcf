with source as (
    select * from {{ source('raw_salesforce', 'opportunity_stages') }}
)

select
    {{ text_or_null('Id') }} as opportunity_stage_id,
    {{ text_or_null('MasterLabel') }} as stage_label,
    {{ text_or_null('ApiName') }} as api_name,
    try_cast(IsActive as boolean) as is_active,
    try_cast(SortOrder as bigint) as sort_order,
    try_cast(IsClosed as boolean) as is_closed,
    try_cast(IsWon as boolean) as is_won,
    try_cast(DefaultProbability as decimal(38, 10)) as default_probability_percent,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
