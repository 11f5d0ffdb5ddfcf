-- A raw number that does not fit 18 digits becomes null (macro to_decimal). It is told here,
-- and the build stops as at any other number that would be lost.
-- A check is one of a model: this one of the lines of deals, which read most of these numbers.
-- depends_on: {{ ref('int_crm__line_items') }}
{% set numbers = [
    ('salesforce', 'opportunities', 'Amount', 2),
    ('salesforce', 'opportunity_history', 'Amount', 2),
    ('salesforce', 'opportunity_line_items', 'Quantity', 4),
    ('salesforce', 'opportunity_line_items', 'UnitPrice', 2),
    ('salesforce', 'opportunity_line_items', 'ListPrice', 2),
    ('salesforce', 'opportunity_line_items', 'TotalPrice', 2),
    ('salesforce', 'orders', 'TotalAmount', 2),
    ('salesforce', 'order_items', 'Quantity', 4),
    ('salesforce', 'order_items', 'UnitPrice', 2),
    ('salesforce', 'order_items', 'TotalPrice', 2),
    ('hubspot', 'deals', 'amount', 2),
    ('hubspot', 'line_items', 'quantity', 4),
    ('hubspot', 'line_items', 'price', 2),
    ('hubspot', 'line_items', 'amount', 2),
    ('pipedrive', 'deals', 'value', 2),
    ('pipedrive', 'deal_products', 'item_price', 2),
    ('pipedrive', 'deal_products', 'sum', 2)
] %}
{% for crm, table, field, scale in numbers %}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ crm }}.{{ table }}.{{ field }}' as field,
        try_cast({{ field }} as decimal(38, 10)) as number
    from {{ source('raw_' ~ crm, table) }}
    where
        try_cast({{ field }} as decimal(38, 10)) is not null
        and {{ to_decimal(field, scale) }} is null
{% endfor %}
