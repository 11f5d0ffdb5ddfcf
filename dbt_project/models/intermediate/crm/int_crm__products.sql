with conformed as (
    select * from {{ ref('int_hubspot__products_conformed') }}
    union all
    select * from {{ ref('int_salesforce__products_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__products_conformed') }}
),

-- A product on sale before a deleted one; then Salesforce's description, HubSpot's, Pipedrive's.
ranked as (
    select
        product_key,
        product_name,
        sku,
        product_family,
        list_price,
        currency_code,
        row_number() over (
            partition by product_key
            order by
                is_deleted asc,
                case source_system when 'salesforce' then 0 when 'hubspot' then 1 else 2 end asc,
                vendor_id asc
        ) as choice
    from conformed
),

families as (
    select
        product_key,
        max(product_family) as product_family
    from conformed
    group by product_key
)

select
    ranked.product_key,
    ranked.product_name,
    ranked.sku,
    coalesce(ranked.product_family, families.product_family) as product_family,
    ranked.list_price,
    ranked.currency_code
from ranked
inner join families on ranked.product_key = families.product_key
where ranked.choice = 1
