with source as (
    select * from {{ source('raw_salesforce', 'campaigns') }}
)

select
    {{ text_or_null('Id') }} as campaign_id,
    {{ text_or_null('Name') }} as campaign_name,
    {{ text_or_null('Type') }} as campaign_type,
    try_cast(StartDate as date) as starts_on,
    try_cast(EndDate as date) as ends_on,
    try_cast(BudgetedCost as decimal(18, 2)) as budgeted_cost,
    try_cast(ActualCost as decimal(18, 2)) as actual_cost,
    {{ text_or_null('CurrencyIsoCode') }} as currency_code,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
