with products as (
    select * from {{ ref('stg_salesforce__products') }}
),

org as (
    select max(default_currency_code) as currency_code
    from {{ ref('stg_salesforce__organizations') }}
),

-- A product has a price per price book and currency: the org's own currency, lowest entry id.
prices as (
    select
        entries.product_id,
        entries.unit_price,
        row_number() over (
            partition by entries.product_id
            order by coalesce(entries.is_active, true) desc, entries.pricebook_entry_id asc
        ) as choice
    from {{ ref('stg_salesforce__pricebook_entries') }} as entries
    cross join org
    where
        not entries._is_deleted
        and coalesce(entries.currency_code = org.currency_code, true)
)

select
    'salesforce' as source_system,
    products.product_id as vendor_id,
    {{ product_key(
        "'salesforce'",
        'coalesce(products.stock_keeping_unit, products.product_code)',
        'products.product_id'
    ) }} as product_key,
    products.product_name,
    coalesce(products.stock_keeping_unit, products.product_code) as sku,
    products.product_family,
    cast(prices.unit_price as decimal(18, 2)) as list_price,
    org.currency_code,
    products._is_deleted as is_deleted
from products
cross join org
left join prices on products.product_id = prices.product_id and prices.choice = 1
