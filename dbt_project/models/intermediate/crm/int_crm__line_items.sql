with line_items as (
    select * from {{ ref('int_hubspot__line_items_conformed') }}
    union all
    select * from {{ ref('int_salesforce__line_items_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__line_items_conformed') }}
),

opportunity_ids as (
    select * from {{ ref('int_crm__opportunity_ids') }}
),

opportunities as (
    select * from {{ ref('int_crm__opportunities') }}
),

products as (
    select * from {{ ref('int_crm__products') }}
)

select
    {{ vendor_key('line_item', 'line_items.source_system', 'line_items.vendor_id') }}
        as line_item_key,
    opportunity_ids.opportunity_key,
    products.product_key,
    coalesce(products.product_name, line_items.line_item_name) as product_name,
    products.product_family,
    line_items.quantity,
    line_items.unit_price,
    line_items.list_price,
    cast(
        round(line_items.list_price * line_items.quantity, 2) - line_items.net_amount
        as decimal(18, 2)
    ) as discount_amount,
    line_items.net_amount,
    coalesce(line_items.currency_code, opportunities.currency_code) as currency_code
from line_items
inner join opportunity_ids
    on
        line_items.source_system = opportunity_ids.source_system
        and line_items.vendor_opportunity_id = opportunity_ids.vendor_id
-- Lines of a copy would count the deal's lines twice: the leading CRM's lines stand.
inner join opportunities
    on opportunity_ids.opportunity_key = opportunities.opportunity_key
left join products on line_items.product_key = products.product_key
where opportunity_ids.is_leading
