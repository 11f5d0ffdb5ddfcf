with source as (
    select * from {{ source('raw_salesforce', 'forecasting_quotas_versions') }}
)

select
    {{ text_or_null('Id') }} as forecasting_quota_id,
    try_cast(QuotaAmount as decimal(18, 2)) as quota_amount,
    {{ text_or_null('CurrencyIsoCode') }} as currency_code,
    _valid_from,
    _changed_at,
    _landed_at,
    _load_id,
    _is_deleted,
    _deleted_at
from source
