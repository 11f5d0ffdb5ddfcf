-- From a KPI of the family `products` to the lines behind it and to those that were left out. A
-- buyer, and a deal of a pair, is 1 on one of its lines.
with asked as (
    {{ asked_number() }}
),

lines as (
    select * from {{ ref('fct_opportunity_lines') }}
    where is_won
),

returns as (
    select * from {{ ref('fct_order_lines') }}
    where is_return
),

accounts as (
    select * from {{ ref('dim_account') }}
),

deal_dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

moved as (
    select
        'sold' as movement,
        line_item_key as line_key,
        opportunity_key,
        account_key,
        account_key as buyer_key,
        closed_on as moved_on,
        product_key,
        product_family,
        list_price,
        case when net_amount_base is not null then list_amount_base end as list_amount,
        case when list_amount_base is not null then net_amount_base end as net_amount,
        coalesce(quantity, 0) as units
    from lines
    union all
    select
        'returned' as movement,
        order_line_key as line_key,
        opportunity_key,
        account_key,
        cast(null as string) as buyer_key,
        ordered_on as moved_on,
        product_key,
        product_family,
        cast(null as decimal(18, 2)) as list_price,
        cast(null as decimal(18, 2)) as list_amount,
        cast(null as decimal(18, 2)) as net_amount,
        -coalesce(returned_quantity, 0) as units
    from returns
),

placed as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        moved.line_key,
        moved.buyer_key,
        moved.moved_on,
        moved.list_price,
        moved.list_amount,
        moved.net_amount,
        moved.units
    from asked
    inner join moved
        on
            asked.period_start <= moved.moved_on
            and asked.period_end > moved.moved_on
    left join accounts on moved.account_key = accounts.account_key
    left join deal_dimensions
        on
            moved.opportunity_key = deal_dimensions.opportunity_key
            and asked.dimension = deal_dimensions.dimension
    where
        asked.kpi_id <> 'attach_rate'
        and (moved.movement = 'sold' or asked.kpi_id = 'units_per_customer')
        and asked.dimension_key = case
            when asked.dimension = 'total' then 'total'
            when asked.dimension = 'product' then coalesce(moved.product_key, 'unknown')
            when asked.dimension = 'product_family' then coalesce(moved.product_family, 'unknown')
            when asked.kpi_id <> 'units_per_customer' then deal_dimensions.dimension_key
            when asked.dimension = 'country' then coalesce(accounts.country_code, 'unknown')
            when asked.dimension = 'industry' then coalesce(accounts.industry, 'unknown')
            when asked.dimension = 'size_band' then coalesce(accounts.size_band, 'unknown')
        end
),

numbered as (
    select
        *,
        row_number() over (
            partition by dimension_key, buyer_key
            order by line_key asc
        ) as line_of_buyer
    from placed
),

measured as (
    select
        kpi_id,
        dimension,
        dimension_key,
        'line' as record_kind,
        line_key as record_key,
        moved_on as happened_on,
        case kpi_id
            when 'discount_rate' then list_amount - net_amount
            when 'lines_without_list_price' then case when list_price is null then 1 end
            when 'units_per_customer' then units
        end as numerator,
        case
            when kpi_id = 'discount_rate' then list_amount
            when kpi_id = 'units_per_customer'
                then case when buyer_key is not null and line_of_buyer = 1 then 1 else 0 end
        end as denominator,
        cast(null as string) as reason
    from numbered
),

line_rows as (
    select * from measured
    where numerator is not null
),

-- One line per deal speaks for product A, and for B when the deal holds it.
held as (
    select
        opportunity_key,
        closed_on,
        product_key,
        min(line_item_key) as line_item_key
    from lines
    where product_key is not null
    group by opportunity_key, closed_on, product_key
),

pair_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'line' as record_kind,
        first_held.line_item_key as record_key,
        first_held.closed_on as happened_on,
        case when second_held.opportunity_key is null then 0 else 1 end as numerator,
        1 as denominator,
        cast(null as string) as reason
    from asked
    inner join held as first_held
        on
            asked.period_start <= first_held.closed_on
            and asked.period_end > first_held.closed_on
            and split_part(asked.dimension_key, '|', 1) = first_held.product_key
    left join held as second_held
        on
            first_held.opportunity_key = second_held.opportunity_key
            and split_part(asked.dimension_key, '|', 2) = second_held.product_key
    where asked.kpi_id = 'attach_rate'
),

left_out as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'line' as record_kind,
        all_lines.line_item_key as record_key,
        all_deals.closed_on as happened_on,
        cast(null as integer) as numerator,
        cast(null as integer) as denominator,
        coalesce(
            all_deals.exclusion_reason,
            case
                when all_deals.closed_on is null then 'no_close_date'
                when all_lines.list_price is null then 'no_list_price'
                when all_lines.quantity is null then 'no_quantity'
                when all_lines.net_amount is null then 'no_amount'
                else 'no_rate'
            end
        ) as reason
    from asked
    inner join {{ ref('int_crm__opportunities') }} as all_deals
        on
            all_deals.closed_on is null
            or (
                asked.period_start <= all_deals.closed_on
                and asked.period_end > all_deals.closed_on
            )
    inner join {{ ref('int_crm__line_items') }} as all_lines
        on all_deals.opportunity_key = all_lines.opportunity_key
    left join lines on all_lines.line_item_key = lines.line_item_key
    where
        asked.dimension = 'total'
        and all_deals.is_won
        and (
            all_deals.exclusion_reason is not null
            or all_deals.closed_on is null
            or (
                asked.kpi_id = 'discount_rate'
                and (lines.list_amount_base is null or lines.net_amount_base is null)
            )
        )
)

{{ rows_behind(['line_rows', 'pair_rows', 'left_out']) }}
