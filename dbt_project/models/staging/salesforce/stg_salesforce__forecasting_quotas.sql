with source as (
    select * from {{ source('raw_salesforce', 'forecasting_quotas') }}
)

select
    {{ text_or_null('Id') }} as forecasting_quota_id,
    try_cast(QuotaAmount as decimal(18, 2)) as quota_amount,
    {{ text_or_null('QuotaOwnerId') }} as quota_owner_id,
    {{ text_or_null('PeriodId') }} as period_id,
    try_cast(StartDate as date) as starts_on,
    try_cast(IsAmount as boolean) as is_amount,
    {{ text_or_null('CurrencyIsoCode') }} as currency_code,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
