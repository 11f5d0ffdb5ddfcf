-- What came back, by the order that it was sold with. Where the CRM holds return orders of a sale,
-- they stand alone: a row of a spreadsheet would tell the same return again.
with orders as (
    select * from {{ ref('int_crm__orders') }}
    -- Not sold yet on the run's day.
    where ordered_on <= {{ as_of_date() }}
),

reported_returns as (
    select * from {{ ref('int_crm__returns') }}
    where order_key is not null and returned_on <= {{ as_of_date() }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

counted as (
    select
        orders.order_key,
        orders.account_key,
        orders.opportunity_key,
        orders.ordered_on,
        orders.amount,
        orders.currency_code,
        {{ to_base_currency('orders.amount', 'rates.rate_to_base') }} as amount_base,
        orders.is_return,
        orders.original_order_key
    from orders
    -- Inner: orders of excluded accounts stay out.
    inner join accounts on orders.account_key = accounts.account_key
    left join rates
        on
            orders.currency_code = rates.currency_code
            and orders.ordered_on = rates.rate_on
),

crm_returns as (
    select
        original_order_key as order_key,
        min(ordered_on) as returned_on,
        cast(sum(abs(amount_base)) as decimal(18, 2)) as returned_amount_base
    from counted
    where is_return and original_order_key is not null
    group by original_order_key
),

converted_returns as (
    select
        reported_returns.order_key,
        reported_returns.returned_on,
        {{ to_base_currency('reported_returns.returned_amount', 'rates.rate_to_base') }}
            as amount_base
    from reported_returns
    left join rates
        on
            reported_returns.currency_code = rates.currency_code
            and reported_returns.returned_on = rates.rate_on
),

sheet_returns as (
    select
        order_key,
        min(returned_on) as returned_on,
        cast(sum(abs(amount_base)) as decimal(18, 2)) as returned_amount_base
    from converted_returns
    group by order_key
)

select
    counted.order_key,
    counted.account_key,
    counted.opportunity_key,
    counted.ordered_on,
    counted.amount,
    counted.currency_code,
    counted.amount_base,
    counted.is_return,
    counted.original_order_key,
    not counted.is_return
    and coalesce(crm_returns.returned_on, sheet_returns.returned_on) is not null as is_returned,
    case
        when not counted.is_return
            then coalesce(crm_returns.returned_on, sheet_returns.returned_on)
    end as returned_on,
    case
        when counted.is_return then cast(null as decimal(18, 2))
        when crm_returns.order_key is not null then crm_returns.returned_amount_base
        else sheet_returns.returned_amount_base
    end as returned_amount_base,
    case
        when counted.is_return then cast(null as string)
        when crm_returns.order_key is not null then 'crm'
        when sheet_returns.order_key is not null then 'spreadsheets'
    end as return_source
from counted
left join crm_returns on counted.order_key = crm_returns.order_key
left join sheet_returns on counted.order_key = sheet_returns.order_key
