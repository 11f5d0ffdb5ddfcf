with source as (
    select * from {{ source('raw_hubspot', 'campaigns') }}
)

select
    {{ text_or_null('id') }} as campaign_id,
    {{ text_or_null('hs_name') }} as campaign_name,
    try_cast(hs_start_date as date) as starts_on,
    try_cast(hs_end_date as date) as ends_on,
    try_cast(hs_budget_items_sum_amount as decimal(18, 2)) as budget_amount,
    try_cast(hs_spend_items_sum_amount as decimal(18, 2)) as spend_amount,
    {{ text_or_null('hs_currency_code') }} as currency_code,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
