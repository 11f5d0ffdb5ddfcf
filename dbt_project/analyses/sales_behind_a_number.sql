-- From a KPI of the family `sales` to the deals behind it and to those that were left out. The
-- rows of a median are its amounts.
with asked as (
    {{ asked_number() }}
),

deals as (
    select
        *,
        is_won and amount > 0 and amount_base is not null as is_sized
    from {{ ref('fct_opportunities') }}
    where is_closed
),

measured as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.closed_on as happened_on,
        case asked.kpi_id
            when 'deals_won' then case when deals.is_won then 1 end
            when 'sales_amount' then case when deals.is_won then deals.amount_base end
            when 'deals_won_without_amount'
                then case when deals.is_won and coalesce(deals.amount, 0) <= 0 then 1 end
            when 'deals_lost' then case when deals.is_lost then 1 end
            when 'lost_amount' then case when deals.is_lost then deals.amount_base end
            when 'win_rate' then case when deals.is_won then 1 else 0 end
            when 'win_rate_amount'
                then
                    case
                        when deals.is_won and deals.amount_base > 0 then deals.amount_base
                        when deals.amount_base > 0 then 0
                    end
            when 'average_deal_size' then case when deals.is_sized then deals.amount_base end
            when 'average_deal_size_median' then case when deals.is_sized then deals.amount_base end
            when 'new_customers' then case when deals.is_first_purchase then 1 end
            when 'expansion_share'
                then
                    case
                        when not deals.is_won or coalesce(deals.amount_base, 0) <= 0 then null
                        when
                            deals.is_repeat_purchase
                            and coalesce(deals.deal_type, 'unknown') <> 'renewal'
                            then deals.amount_base
                        else 0
                    end
            when 'coupon_share'
                then
                    case
                        when deals.is_won and deals.coupon_code is not null then 1
                        when deals.is_won then 0
                    end
        end as numerator,
        case
            when asked.kpi_id in ('win_rate', 'coupon_share', 'average_deal_size') then 1
            when asked.kpi_id in ('win_rate_amount', 'expansion_share') then deals.amount_base
        end as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('bridge_opportunity_dimension') }} as dimensions
        on
            asked.dimension = dimensions.dimension
            and asked.dimension_key = dimensions.dimension_key
    inner join deals
        on
            dimensions.opportunity_key = deals.opportunity_key
            and asked.period_start <= deals.closed_on
            and asked.period_end > deals.closed_on
),

deal_rows as (
    select * from measured
    where numerator is not null
),

left_out as (
    {{ left_out_rows(
        'sales', 'opportunity', 'int_crm__opportunities', 'opportunity_key', 'records.closed_on',
        'records.is_closed'
    ) }}
)

{{ rows_behind(['deal_rows', 'left_out']) }}
