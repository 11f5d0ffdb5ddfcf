with source as (
    select * from {{ source('raw_salesforce', 'currency_types') }}
)

select
    {{ text_or_null('IsoCode') }} as currency_code,
    try_cast(ConversionRate as decimal(38, 10)) as conversion_rate,
    try_cast(IsActive as boolean) as is_active,
    try_cast(IsCorporate as boolean) as is_corporate,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
