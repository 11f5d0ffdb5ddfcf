-- From a KPI of the family `sales` to the deals behind it and to those that were left out:
--   dbt compile --select sales_behind_a_number
--     --vars '{as_of: ..., number_kpi: sales_amount,
--       number_grain: quarter, number_start: 2026-07-01,
--       number_dimension: owner, number_key: ...}'
-- The numerators add up to the KPI's numerator, the denominators to its denominator; a median has
-- neither, its amounts are in amount_base. Deals left out have a reason. They belong to no owner
-- or other dimension: they stand beside the total.
with asked as (
    {{ asked_numbers('sales') }}
),

deals as (
    select * from {{ ref('fct_opportunities') }}
    where is_closed
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

left_out as (
    select * from {{ ref('excluded_records') }}
    where entity = 'opportunity' and concat(',', kpi_families, ',') like '%,sales,%'
),

all_deals as (
    select * from {{ ref('int_crm__opportunities') }}
    where is_closed
),

behind as (
    select
        asked.kpi_id,
        asked.period_grain,
        asked.period_start,
        asked.dimension,
        asked.dimension_key,
        asked.dimension_value,
        deals.opportunity_key,
        deals.opportunity_name,
        deals.closed_on,
        deals.is_won,
        deals.amount,
        deals.currency_code,
        deals.amount_base,
        deals.hubspot_deal_id,
        deals.salesforce_opportunity_id,
        deals.pipedrive_deal_id,
        case asked.kpi_id
            when 'deals_won' then case when deals.is_won then 1 end
            when 'sales_amount' then case when deals.is_won then deals.amount_base end
            when 'deals_won_without_amount'
                then case when deals.is_won and coalesce(deals.amount, 0) <= 0 then 1 end
            when 'deals_lost' then case when deals.is_lost then 1 end
            when 'lost_amount' then case when deals.is_lost then deals.amount_base end
            when 'win_rate' then case when deals.is_won then 1 else 0 end
            when 'win_rate_amount' then case when deals.is_won then deals.amount_base else 0 end
            when 'average_deal_size' then deals.amount_base
            when 'new_customers' then case when deals.is_first_purchase then 1 end
            when 'expansion_share'
                then case
                    when
                        deals.is_repeat_purchase
                        and coalesce(deals.deal_type, 'unknown') <> 'renewal'
                        then deals.amount_base
                    else 0
                end
            when 'coupon_share' then case when deals.coupon_code is not null then 1 else 0 end
        end as numerator,
        case
            when asked.kpi_id = 'win_rate' then 1
            when asked.kpi_id = 'coupon_share' and deals.is_won then 1
            when asked.kpi_id = 'win_rate_amount' and deals.amount_base > 0 then deals.amount_base
            when asked.kpi_id = 'expansion_share' and deals.is_won and deals.amount_base > 0
                then deals.amount_base
            when
                asked.kpi_id = 'average_deal_size'
                and deals.is_won
                and deals.amount > 0
                and deals.amount_base is not null
                then 1
        end as denominator,
        asked.kpi_id in (
            'win_rate', 'coupon_share', 'win_rate_amount', 'expansion_share', 'average_deal_size'
        ) as is_ratio,
        asked.kpi_id = 'average_deal_size_median'
        and deals.is_won
        and deals.amount > 0
        and deals.amount_base is not null
            as is_in_median
    from asked
    inner join dimensions
        on
            asked.dimension = dimensions.dimension
            and asked.dimension_key = dimensions.dimension_key
    inner join deals
        on
            dimensions.opportunity_key = deals.opportunity_key
            and asked.period_start <= deals.closed_on
            and asked.period_end > deals.closed_on
)

select
    kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    opportunity_key,
    opportunity_name,
    closed_on,
    is_won,
    amount,
    currency_code,
    amount_base,
    cast(numerator as decimal(38, 10)) as numerator,
    cast(denominator as decimal(38, 10)) as denominator,
    cast(null as string) as left_out_because,
    hubspot_deal_id,
    salesforce_opportunity_id,
    pipedrive_deal_id
from behind
where
    (is_ratio and denominator is not null)
    or (not is_ratio and numerator is not null)
    or is_in_median
union all
select
    asked.kpi_id,
    asked.period_grain,
    asked.period_start,
    asked.dimension,
    asked.dimension_key,
    asked.dimension_value,
    all_deals.opportunity_key,
    all_deals.opportunity_name,
    all_deals.closed_on,
    all_deals.is_won,
    all_deals.amount,
    all_deals.currency_code,
    cast(null as decimal(18, 2)) as amount_base,
    cast(null as decimal(38, 10)) as numerator,
    cast(null as decimal(38, 10)) as denominator,
    left_out.reason as left_out_because,
    all_deals.hubspot_deal_id,
    all_deals.salesforce_opportunity_id,
    all_deals.pipedrive_deal_id
from asked
inner join all_deals
    on
        all_deals.closed_on is null
        or (asked.period_start <= all_deals.closed_on and asked.period_end > all_deals.closed_on)
inner join left_out on all_deals.opportunity_key = left_out.record_key
where asked.dimension = 'total'
order by kpi_id, dimension_key, left_out_because, closed_on, opportunity_key
