with source as (
    select * from {{ source('raw_spreadsheets', 'targets') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('kpi_id') }} as kpi_id,
    {{ text_or_null('scope') }} as scope,
    {{ text_or_null('scope_text') }} as scope_text,
    {{ text_or_null('period_grain') }} as period_grain,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(target_value as decimal(18, 4)) as target_value,
    {{ text_or_null('currency_code') }} as currency_code,
    cast(valid_from as date) as valid_from,
    coalesce(is_valid_from_told, false) as is_valid_from_told,
    {{ text_or_null('series') }} as series,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
