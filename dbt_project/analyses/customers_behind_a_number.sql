-- From a KPI of the family `customers` to the accounts or won deals behind it, and to those left
-- out. customer_lifetime_value is no sum: its rows are the deals won in its year with their
-- amounts. The rows of a percentile are its days.
with asked as (
    {{ asked_number() }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

-- Who was a customer on the day before the period, and who on its last day.
presence as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        spans.account_key,
        max(spans.active_to) as active_to,
        max(
            case
                when
                    {{ add_days('asked.period_start', -1) }} >= spans.active_from
                    and {{ add_days('asked.period_start', -1) }} <= spans.active_to
                    then 1
                else 0
            end
        ) as at_start,
        max(
            case
                when
                    asked.measured_on >= spans.active_from
                    and asked.measured_on <= spans.active_to
                    then 1
                else 0
            end
        ) as at_end
    from asked
    inner join {{ ref('fct_customer_spans') }} as spans
        on
            asked.measured_on >= spans.active_from
            and {{ add_days('asked.period_start', -1) }} <= spans.active_to
            and spans.basis = case
                when asked.kpi_id like '%_contract' then 'contract'
                when asked.kpi_id like '%_purchase' then 'purchase'
                else 'any'
            end
    left join accounts on spans.account_key = accounts.account_key
    where
        (
            asked.kpi_id in ('active_customers', 'portfolio_growth')
            or asked.kpi_id like 'retention_rate%'
            or asked.kpi_id like 'churn_rate%'
        )
        and {{ asked_key({
            'country': 'accounts.country_code',
            'industry': 'accounts.industry',
            'size_band': 'accounts.size_band',
        }) }} = asked.dimension_key
    group by asked.kpi_id, asked.dimension, asked.dimension_key, spans.account_key
),

account_rows as (
    select
        kpi_id,
        dimension,
        dimension_key,
        'account' as record_kind,
        account_key as record_key,
        active_to as happened_on,
        case
            when kpi_id = 'active_customers' then at_end
            when kpi_id = 'portfolio_growth' then at_end - at_start
            when kpi_id like 'retention_rate%' then at_start * at_end
            else at_start * (1 - at_end)
        end as numerator,
        case when kpi_id <> 'active_customers' then at_start end as denominator,
        cast(null as string) as reason
    from presence
    where at_start = 1 or (at_end = 1 and kpi_id in ('active_customers', 'portfolio_growth'))
),

purchases as (
    select
        deals.opportunity_key,
        deals.account_key,
        deals.closed_on,
        coalesce(deals.amount_base, 0) as amount_base,
        accounts.country_code,
        accounts.industry,
        accounts.size_band,
        row_number() over in_order as purchase_number,
        lag(deals.closed_on) over in_order as previous_closed_on,
        min(deals.closed_on) over (partition by deals.account_key) as first_closed_on
    from {{ ref('fct_opportunities') }} as deals
    left join accounts on deals.account_key = accounts.account_key
    where deals.is_won and deals.closed_on is not null and deals.account_key is not null
    window in_order as (
        partition by deals.account_key
        order by
            deals.closed_on asc,
            deals.closed_at asc,
            deals.created_at asc,
            deals.opportunity_key asc
    )
),

asked_purchases as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        asked.period_start,
        asked.period_end,
        asked.measured_on,
        buys.*,
        row_number() over (
            partition by asked.dimension_key, buys.account_key
            order by buys.closed_on asc, buys.opportunity_key asc
        ) as number_in_period
    from asked
    inner join purchases as buys
        on
            case
                when asked.kpi_id = 'net_revenue_retention'
                    then {{ add_days('asked.measured_on', -730) }} < buys.closed_on
                when asked.kpi_id = 'customer_lifetime_value'
                    then {{ add_days('asked.measured_on', -365) }} < buys.closed_on
                when asked.kpi_id = 'repeat_customer_rate_lifetime'
                    then buys.purchase_number <= 2
                when asked.kpi_id = 'repeat_customer_rate'
                    then asked.period_start <= buys.closed_on
                when asked.kpi_id like 'days_between_purchases%'
                    then
                        asked.period_start <= buys.closed_on
                        and buys.previous_closed_on is not null
                else false
            end
    where
        case
            when
                asked.kpi_id = 'repeat_customer_rate'
                or asked.kpi_id like 'days_between_purchases%'
                then asked.period_end > buys.closed_on
            else asked.measured_on >= buys.closed_on
        end
        and {{ asked_key({
            'country': 'buys.country_code',
            'industry': 'buys.industry',
            'size_band': 'buys.size_band',
        }) }} = asked.dimension_key
),

-- Customers of a year before: what they spent since, over what they had spent before.
year_ago as (
    select
        measured_days.measured_on,
        spans.account_key
    from (select distinct measured_on from asked) as measured_days
    inner join {{ ref('fct_customer_spans') }} as spans
        on
            {{ add_days('measured_days.measured_on', -365) }} >= spans.active_from
            and {{ add_days('measured_days.measured_on', -365) }} <= spans.active_to
    where spans.basis = 'any'
),

measured as (
    select
        deals.kpi_id,
        deals.dimension,
        deals.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.closed_on as happened_on,
        case
            when deals.kpi_id = 'net_revenue_retention'
                then
                    case
                        when year_ago.account_key is null then null
                        when {{ add_days('deals.measured_on', -365) }} < deals.closed_on
                            then deals.amount_base
                        else 0
                    end
            when deals.kpi_id = 'customer_lifetime_value' then deals.amount_base
            when deals.kpi_id = 'repeat_customer_rate_lifetime' then deals.purchase_number - 1
            when deals.kpi_id = 'repeat_customer_rate'
                then
                    case
                        when deals.number_in_period > 1 then null
                        when deals.first_closed_on < deals.period_start then 1
                        else 0
                    end
            else {{ days_between('deals.previous_closed_on', 'deals.closed_on') }}
        end as numerator,
        case
            when deals.kpi_id = 'net_revenue_retention'
                then
                    case
                        when {{ add_days('deals.measured_on', -365) }} < deals.closed_on then 0
                        else deals.amount_base
                    end
            when deals.kpi_id = 'repeat_customer_rate_lifetime' then 2 - deals.purchase_number
            else 1
        end as denominator,
        cast(null as string) as reason
    from asked_purchases as deals
    left join year_ago
        on
            deals.measured_on = year_ago.measured_on
            and deals.account_key = year_ago.account_key
),

deal_rows as (
    select * from measured
    where numerator is not null
),

left_out as (
    {{ left_out_rows(
        'customers', 'opportunity', 'int_crm__opportunities', 'opportunity_key',
        'records.closed_on',
        'records.is_closed'
    ) }}
    union all
    {{ left_out_rows(
        'customers', 'account', 'int_crm__accounts', 'account_key', 'cast(null as date)'
    ) }}
)

{{ rows_behind(['account_rows', 'deal_rows', 'left_out']) }}
