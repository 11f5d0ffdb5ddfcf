with rates as (
    select * from {{ ref('dim_currency_rate') }}
)

select
    currency_code,
    rate_on,
    rate_to_base
from rates
