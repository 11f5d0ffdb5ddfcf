with source as (
    select * from {{ source('raw_salesforce', 'dated_conversion_rates') }}
)

select
    {{ text_or_null('Id') }} as dated_conversion_rate_id,
    {{ text_or_null('IsoCode') }} as currency_code,
    try_cast(StartDate as date) as starts_on,
    try_cast(NextStartDate as date) as next_starts_on,
    try_cast(ConversionRate as decimal(38, 10)) as conversion_rate,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
