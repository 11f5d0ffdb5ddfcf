-- From a KPI of the family `cycle` to the deals and accounts behind it, and to those left out.
-- The rows of a percentile are its days. sales_velocity is no sum: its rows are the deals closed
-- in its 90 days, with their amounts and their days.
with asked as (
    {{ asked_number() }}
),

deals as (
    select * from {{ ref('fct_opportunities') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

deal_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
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
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
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

left_out as (
    {{ left_out_rows(
        'cycle', 'opportunity', 'int_crm__opportunities', 'opportunity_key', 'records.closed_on',
        "records.is_closed and excluded.reason <> 'negative_duration'"
    ) }}
)

{{ rows_behind(['deal_rows', 'account_rows', 'left_out']) }}
