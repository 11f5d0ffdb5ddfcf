select
    deal_id,
    amount,
    '{{ var("as_of", "none") }}' as as_of,
    '{{ var("reporting_currency", "none") }}' as currency_code
from {{ ref('stg_toy__deals') }}
