with products as (
    select * from {{ ref('stg_pipedrive__products') }}
),

-- One price stands for the product: the reporting currency's, else the first by name.
prices as (
    select
        product_id,
        price,
        currency_code,
        row_number() over (
            partition by product_id
            order by
                case when currency_code = '{{ var("reporting_currency") }}' then 0 else 1 end asc,
                currency_code asc
        ) as choice
    from {{ ref('stg_pipedrive__product_prices') }}
    where not _is_deleted
),

options as (
    select
        option_id,
        option_label
    from {{ ref('stg_pipedrive__field_options') }}
    where object_type = 'products' and field_code = 'category'
)

select
    'pipedrive' as source_system,
    products.product_id as vendor_id,
    {{ product_key("'pipedrive'", "products.sku", "products.product_id") }} as product_key,
    products.product_name,
    products.sku,
    coalesce(options.option_label, products.category_option_id) as product_family,
    prices.price as list_price,
    prices.currency_code,
    products._is_deleted as is_deleted
from products
left join prices on products.product_id = prices.product_id and prices.choice = 1
left join options on products.category_option_id = options.option_id
