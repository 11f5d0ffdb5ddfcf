with source as (
    select * from {{ source('raw_spreadsheets', 'campaign_spend') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('campaign_name') }} as campaign_name,
    cast(spent_on as date) as spent_on,
    cast(spend_amount as decimal(18, 2)) as spend_amount,
    {{ text_or_null('currency_code') }} as currency_code,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
