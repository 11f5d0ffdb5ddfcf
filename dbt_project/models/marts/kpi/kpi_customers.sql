with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where is_won and account_key is not null and closed_on is not null
),

accounts as (
    select * from {{ ref('dim_account') }}
),

balances as (
    select * from {{ ref('fct_customer_balances') }}
),

movements as (
    select
        movements.basis,
        movements.period_grain,
        movements.period_start,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
    from {{ ref('fct_customer_movements') }} as movements
    left join accounts on movements.account_key = accounts.account_key
    where movements.movement = 'lost'
),

lost_rows as (
    {{ by_dimension(
        'movements', ['basis', 'period_grain', 'period_start'],
        {'country': 'country_code', 'industry': 'industry', 'size_band': 'size_band'}
    ) }}
),

lost as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        sum(case when basis = 'any' then 1 else 0 end) as lost_any,
        sum(case when basis = 'contract' then 1 else 0 end) as lost_contract,
        sum(case when basis = 'purchase' then 1 else 0 end) as lost_purchase
    from lost_rows
    group by period_grain, period_start, dimension, dimension_key
),

-- At the end of each period, and how many of those active on the day before it had gone.
at_end as (
    select
        periods.period_grain,
        periods.period_start,
        balances.dimension,
        balances.dimension_key,
        balances.dimension_value,
        balances.active_any,
        coalesce(at_start.active_any, 0) as started_any,
        coalesce(at_start.active_contract, 0) as started_contract,
        coalesce(at_start.active_purchase, 0) as started_purchase,
        coalesce(lost.lost_any, 0) as lost_any,
        coalesce(lost.lost_contract, 0) as lost_contract,
        coalesce(lost.lost_purchase, 0) as lost_purchase,
        balances.active_a_year_ago,
        balances.active_a_year_ago - balances.kept_for_a_year as lost_in_a_year,
        balances.recent_amount,
        balances.earlier_amount,
        balances.won_count,
        balances.sized_count,
        balances.sized_amount,
        balances.buyer_count,
        balances.ever_bought,
        balances.ever_repeated
    from periods
    inner join balances on periods.measured_on = balances.measured_on
    left join balances as at_start
        on
            {{ add_days('periods.period_start', -1) }} = at_start.measured_on
            and balances.dimension = at_start.dimension
            and balances.dimension_key = at_start.dimension_key
    left join lost
        on
            periods.period_grain = lost.period_grain
            and periods.period_start = lost.period_start
            and balances.dimension = lost.dimension
            and balances.dimension_key = lost.dimension_key
    where periods.period_grain <> 'day'
),

valued as (
    select
        *,
        {{ kpi_number(
            safe_divide('sized_amount', 'sized_count') ~ ' * ' ~ safe_divide('won_count', 'buyer_count')
        ) }} as yearly_value,
        {{ safe_divide('lost_in_a_year', 'active_a_year_ago') }} as yearly_churn
    from at_end
),

in_order as (
    select
        account_key,
        closed_on,
        lag(closed_on) over (
            partition by account_key
            order by closed_on asc, closed_at asc, created_at asc, opportunity_key asc
        ) as previous_closed_on,
        min(closed_on) over (partition by account_key) as first_closed_on
    from opportunities
),

buying_days as (
    select
        account_key,
        closed_on,
        min(first_closed_on) as first_closed_on
    from in_order
    group by account_key, closed_on
),

buyers as (
    select
        days.period_grain,
        days.period_start,
        accounts.country_code,
        accounts.industry,
        accounts.size_band,
        case when min(buying_days.first_closed_on) < days.period_start then 1 else 0 end as repeated
    from buying_days
    inner join days on buying_days.closed_on = days.date_day
    left join accounts on buying_days.account_key = accounts.account_key
    group by
        days.period_grain,
        days.period_start,
        buying_days.account_key,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
),

gaps as (
    select
        days.period_grain,
        days.period_start,
        accounts.country_code,
        accounts.industry,
        accounts.size_band,
        {{ days_between('in_order.previous_closed_on', 'in_order.closed_on') }} as gap_days
    from in_order
    inner join days on in_order.closed_on = days.date_day
    left join accounts on in_order.account_key = accounts.account_key
    -- A first purchase comes after none.
    where
        in_order.previous_closed_on is not null
        and days.period_grain in ('month', 'quarter', 'year')
),

buyer_rows as (
    {{ by_dimension(
        'buyers', ['period_grain', 'period_start', 'repeated'],
        {'country': 'country_code', 'industry': 'industry', 'size_band': 'size_band'}
    ) }}
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        cast(null as integer) as repeated,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
),

gap_rows as (
    {{ by_dimension(
        'gaps', ['period_grain', 'period_start', 'gap_days'],
        {'country': 'country_code', 'industry': 'industry', 'size_band': 'size_band'}
    ) }}
    union all
    select
        period_grain,
        period_start,
        cast(null as bigint) as gap_days,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
    where period_grain in ('month', 'quarter', 'year')
),

repeated as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        count(repeated) as buyer_count,
        cast(coalesce(sum(repeated), 0) as bigint) as repeat_count
    from buyer_rows
    group by period_grain, period_start, dimension, dimension_key, dimension_value
),

between_purchases as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        count(gap_days) as gap_count,
        cast(coalesce(sum(gap_days), 0) as bigint) as gap_days,
        {{ percentile(0.5, 'gap_days') }} as gap_median,
        {{ percentile(0.75, 'gap_days') }} as gap_p75,
        {{ percentile(0.9, 'gap_days') }} as gap_p90
    from gap_rows
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

{{ kpi_rows(
    'active_customers', 'valued', 'active_any', 'active_any',
    where="active_any > 0 or dimension = 'total'"
) }}
union all
{{ kpi_rows(
    'portfolio_growth', 'valued', 'started_any', 'active_any - started_any', 'started_any',
    where="period_grain <> 'week' and (started_any > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'retention_rate', 'valued', 'started_any', 'started_any - lost_any', 'started_any',
    where="period_grain <> 'week' and (started_any > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'churn_rate', 'valued', 'started_any', 'lost_any', 'started_any',
    where="period_grain <> 'week' and (started_any > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'retention_rate_contract', 'valued', 'started_contract',
    'started_contract - lost_contract', 'started_contract',
    where="period_grain <> 'week' and (started_contract > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'churn_rate_contract', 'valued', 'started_contract', 'lost_contract', 'started_contract',
    where="period_grain <> 'week' and (started_contract > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'retention_rate_purchase', 'valued', 'started_purchase',
    'started_purchase - lost_purchase', 'started_purchase',
    where="period_grain <> 'week' and (started_purchase > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'churn_rate_purchase', 'valued', 'started_purchase', 'lost_purchase', 'started_purchase',
    where="period_grain <> 'week' and (started_purchase > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'net_revenue_retention', 'valued', 'active_a_year_ago', 'recent_amount', 'earlier_amount',
    where="period_grain <> 'week' and (active_a_year_ago > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'repeat_customer_rate', 'repeated', 'buyer_count', 'repeat_count', 'buyer_count'
) }}
union all
{{ kpi_rows(
    'repeat_customer_rate_lifetime', 'valued', 'ever_bought', 'ever_repeated', 'ever_bought',
    where="period_grain <> 'week' and (ever_bought > 0 or dimension = 'total')"
) }}
union all
{{ kpi_duration_rows(
    'days_between_purchases', 'between_purchases', 'gap_days', 'gap_count', 'gap'
) }}
union all
{{ kpi_rows(
    'customer_lifetime_value', 'valued', 'buyer_count', 'yearly_value', 'yearly_churn',
    where="period_grain <> 'week' and (buyer_count > 0 or dimension = 'total')"
) }}
