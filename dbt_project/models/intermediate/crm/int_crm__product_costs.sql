with costs as (
    select
        *,
        {{ product_key('source_system', 'sku', 'vendor_id') }} as product_key
    from {{ ref('int_spreadsheets__product_costs_conformed') }}
),

products as (
    select product_key from {{ ref('int_crm__products') }}
)

select
    costs.sku,
    -- Null where no CRM sells the SKU.
    products.product_key,
    costs.unit_cost,
    costs.currency_code,
    costs.valid_from
from costs
left join products on costs.product_key = products.product_key
