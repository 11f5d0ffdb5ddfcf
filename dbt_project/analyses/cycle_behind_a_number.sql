-- From one number of kpi_cycle to the deals and accounts behind it, and to those left out:
--   dbt show --limit -1 --select cycle_behind_a_number --vars '{as_of: ..., behind: {cycle: {
--     kpi_id: sales_cycle_days, period_grain: month, period_start: 2026-10-01,
--     dimension: pipeline, dimension_key: ...}}}'
-- The numerators and denominators of the rows that count add up to those of the KPI; a percentile
-- is that of their numerators. sales_velocity is no sum: its rows are the deals closed in its 90
-- days, with their amount and their days. Rows that were left out have a reason.
with asked as (
    {{ asked_number('cycle', 'sales_cycle_days') }}
),

deals as (
    select * from {{ ref('fct_opportunities') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

deal_rows as (
    select
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.closed_on as happened_on,
        case
            when asked.kpi_id = 'sales_velocity' and deals.is_won then deals.amount_base
            when asked.kpi_id <> 'sales_velocity' then deals.cycle_days
        end as numerator,
        case
            when asked.kpi_id = 'sales_velocity' and deals.is_won then deals.cycle_days
            when asked.kpi_id <> 'sales_velocity' and deals.cycle_days is not null then 1
        end as denominator,
        case when deals.is_negative_duration then 'negative_duration' end as reason
    from asked
    inner join dimensions
        on
            asked.dimension = dimensions.dimension
            and asked.dimension_key = dimensions.dimension_key
    inner join deals
        on
            dimensions.opportunity_key = deals.opportunity_key
            and (
                (
                    asked.kpi_id <> 'sales_velocity'
                    and asked.period_start <= deals.closed_on
                    and asked.period_end > deals.closed_on
                )
                or (
                    asked.kpi_id = 'sales_velocity'
                    and {{ add_days('asked.measured_on', -90) }} < deals.closed_on
                    and asked.measured_on >= deals.closed_on
                )
            )
    where
        (asked.kpi_id like 'sales_cycle_days%' and deals.is_won)
        or (asked.kpi_id like 'loss_cycle_days%' and deals.is_lost)
        or asked.kpi_id = 'sales_velocity'
),

account_rows as (
    select
        'account' as record_kind,
        purchases.account_key as record_key,
        purchases.first_won_on as happened_on,
        purchases.journey_days as numerator,
        case when purchases.journey_days is not null then 1 end as denominator,
        case when purchases.journey_days is null then 'negative_duration' end as reason
    from asked
    inner join {{ ref('fct_first_purchases') }} as purchases
        on
            asked.period_start <= purchases.first_won_on
            and asked.period_end > purchases.first_won_on
    where
        asked.kpi_id like 'customer_journey_days%'
        and {{ asked_key({
            'country': 'purchases.country_code',
            'industry': 'purchases.industry',
            'size_band': 'purchases.size_band',
        }) }} = asked.dimension_key
),

-- Whatever the dimension: a record that is left out may have lost what would place it.
excluded_rows as (
    select
        excluded.entity as record_kind,
        excluded.record_key,
        excluded_deals.closed_on as happened_on,
        cast(null as integer) as numerator,
        cast(null as integer) as denominator,
        excluded.reason
    from {{ ref('excluded_records') }} as excluded
    inner join {{ ref('int_crm__opportunities') }} as excluded_deals
        on excluded.record_key = excluded_deals.opportunity_key
    inner join asked
        on
            excluded_deals.closed_on >= asked.period_start
            and excluded_deals.closed_on < asked.period_end
    where
        excluded.entity = 'opportunity'
        and excluded_deals.exclusion_reason is not null
        and excluded_deals.is_closed
)

select * from deal_rows
union all
select * from account_rows
union all
select * from excluded_rows
order by reason nulls first, happened_on nulls last, record_key nulls last
