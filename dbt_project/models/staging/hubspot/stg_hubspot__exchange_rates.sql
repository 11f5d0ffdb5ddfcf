with source as (
    select * from {{ source('raw_hubspot', 'exchange_rates') }}
)

select
    {{ text_or_null('id') }} as exchange_rate_id,
    {{ text_or_null('fromCurrencyCode') }} as from_currency_code,
    {{ text_or_null('toCurrencyCode') }} as to_currency_code,
    try_cast(conversionRate as decimal(38, 10)) as conversion_rate,
    try_cast(effectiveAt as timestamp) as effective_at,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
