with report as (
    select * from {{ ref('fct_product_pairs') }}
)

select
    period_grain,
    period_start,
    period_end,
    product_key_a,
    product_name_a,
    product_family_a,
    product_key_b,
    product_name_b,
    product_family_b,
    deals_with_a,
    deals_with_b,
    deals_with_both,
    attach_rate
from report
