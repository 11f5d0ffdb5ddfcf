with source as (
    select * from {{ source('raw_salesforce', 'opportunity_history') }}
)

select
    {{ text_or_null('Id') }} as opportunity_history_id,
    {{ text_or_null('OpportunityId') }} as opportunity_id,
    {{ text_or_null('StageName') }} as stage_name,
    {{ to_decimal('Amount', 2) }} as amount,
    try_cast(CloseDate as date) as close_on,
    {{ text_or_null('ForecastCategory') }} as forecast_category,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
