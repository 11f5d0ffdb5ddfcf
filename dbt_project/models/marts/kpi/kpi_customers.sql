with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

contracts as (
    select * from {{ ref('fct_contracts') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

-- When an account counts as a customer: after a purchase for a while, and while a contract runs.
active_spans as (
    select
        account_key,
        closed_on as active_from,
        {{ add_days('closed_on', var('active_customer_days') ~ ' - 1') }} as active_to
    from opportunities
    where is_won and account_key is not null
    union all
    select
        account_key,
        starts_on as active_from,
        ends_on as active_to
    from contracts
    -- Drafts and contracts that were never activated bind nobody.
    where is_active_status and account_key is not null
),

spans as (
    select
        period_grain,
        period_start,
        {{ add_days('period_start', -1) }} as start_day,
        least(last_day, {{ as_of_date() }}) as end_day
    from periods
    -- Whether customers stay is no question of days or weeks.
    where period_grain in ('month', 'quarter', 'year')
),

active_at_start as (
    select
        spans.period_grain,
        spans.period_start,
        active_spans.account_key
    from spans
    inner join active_spans
        on
            spans.start_day >= active_spans.active_from
            and spans.start_day <= active_spans.active_to
    group by spans.period_grain, spans.period_start, active_spans.account_key
),

active_at_end as (
    select
        spans.period_grain,
        spans.period_start,
        active_spans.account_key
    from spans
    inner join active_spans
        on
            spans.end_day >= active_spans.active_from
            and spans.end_day <= active_spans.active_to
    group by spans.period_grain, spans.period_start, active_spans.account_key
),

customers as (
    select
        active_at_start.period_grain,
        active_at_start.period_start,
        active_at_start.account_key,
        case when active_at_end.account_key is not null then 1 else 0 end as kept
    from active_at_start
    left join active_at_end
        on
            active_at_start.period_grain = active_at_end.period_grain
            and active_at_start.period_start = active_at_end.period_start
            and active_at_start.account_key = active_at_end.account_key
),

first_purchases as (
    select
        account_key,
        min(closed_on) as first_won_on
    from opportunities
    where is_won and account_key is not null
    group by account_key
),

buyers as (
    select
        days.period_grain,
        days.period_start,
        opportunities.account_key,
        case when min(first_purchases.first_won_on) < days.period_start then 1 else 0 end
            as repeated
    from opportunities
    inner join days on opportunities.closed_on = days.date_day
    inner join first_purchases on opportunities.account_key = first_purchases.account_key
    where opportunities.is_won
    group by days.period_grain, days.period_start, opportunities.account_key
),

observed as (
    select
        period_grain,
        period_start,
        account_key,
        1 as was_active,
        kept,
        0 as bought,
        0 as repeated
    from customers
    union all
    select
        period_grain,
        period_start,
        account_key,
        0 as was_active,
        0 as kept,
        1 as bought,
        repeated
    from buyers
),

described as (
    select
        observed.period_grain,
        observed.period_start,
        observed.was_active,
        observed.kept,
        observed.bought,
        observed.repeated,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
    from observed
    left join accounts on observed.account_key = accounts.account_key
),

placed as (
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        was_active,
        kept,
        bought,
        repeated
    from described
    union all
    select
        period_grain,
        period_start,
        'country' as dimension,
        coalesce(country_code, 'unknown') as dimension_key,
        was_active,
        kept,
        bought,
        repeated
    from described
    union all
    select
        period_grain,
        period_start,
        'industry' as dimension,
        coalesce(industry, 'unknown') as dimension_key,
        was_active,
        kept,
        bought,
        repeated
    from described
    union all
    select
        period_grain,
        period_start,
        'size_band' as dimension,
        coalesce(size_band, 'unknown') as dimension_key,
        was_active,
        kept,
        bought,
        repeated
    from described
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        0 as was_active,
        0 as kept,
        0 as bought,
        0 as repeated
    from periods
),

measured as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        cast(sum(was_active) as bigint) as active_count,
        cast(sum(kept) as bigint) as kept_count,
        cast(sum(was_active) - sum(kept) as bigint) as lost_count,
        cast(sum(bought) as bigint) as buyer_count,
        cast(sum(repeated) as bigint) as repeat_count
    from placed
    group by period_grain, period_start, dimension, dimension_key
)

select
    'retention_rate' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_key as dimension_value,
    {{ kpi_number('kept_count') }} as numerator,
    {{ kpi_number('active_count') }} as denominator,
    {{ kpi_number(safe_divide('kept_count', 'active_count')) }} as value,
    active_count as n,
    cast(null as boolean) as is_mature
from measured
where period_grain in ('month', 'quarter', 'year') and (active_count > 0 or dimension = 'total')
union all
select
    'churn_rate' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_key as dimension_value,
    {{ kpi_number('lost_count') }} as numerator,
    {{ kpi_number('active_count') }} as denominator,
    {{ kpi_number(safe_divide('lost_count', 'active_count')) }} as value,
    active_count as n,
    cast(null as boolean) as is_mature
from measured
where period_grain in ('month', 'quarter', 'year') and (active_count > 0 or dimension = 'total')
union all
select
    'repeat_customer_rate' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_key as dimension_value,
    {{ kpi_number('repeat_count') }} as numerator,
    {{ kpi_number('buyer_count') }} as denominator,
    {{ kpi_number(safe_divide('repeat_count', 'buyer_count')) }} as value,
    buyer_count as n,
    cast(null as boolean) as is_mature
from measured
where buyer_count > 0 or dimension = 'total'
