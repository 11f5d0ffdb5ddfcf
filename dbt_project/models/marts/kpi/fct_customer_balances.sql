-- Everything here is true of an account over a stretch of days: it adds to its measure on the first
-- of them and takes away on the day after the last. The running total of those changes is the
-- measure on any day, and no account is ever joined with the periods.
with opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where is_won and closed_on is not null
),

spans as (
    select * from {{ ref('fct_customer_spans') }}
),

any_spans as (
    select
        account_key,
        active_from,
        active_to,
        {{ add_days('active_from', 365) }} as year_on_from,
        {{ add_days('active_to', 365) }} as year_on_to
    from spans
    where basis = 'any'
),

accounts as (
    select * from {{ ref('dim_account') }}
),

measured_days as (
    select measured_on
    from {{ ref('dim_period') }}
    where period_grain <> 'day'
    union
    select {{ add_days('period_start', -1) }} as measured_on
    from {{ ref('dim_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

purchases as (
    select
        account_key,
        closed_on,
        coalesce(amount_base, 0) as amount_base,
        case when amount > 0 then coalesce(amount_base, 0) else 0 end as sized_amount,
        case when amount > 0 and amount_base is not null then 1 else 0 end as sized_count,
        row_number() over in_order as purchase_number,
        lead(closed_on) over in_order as next_closed_on
    from opportunities
    window in_order as (
        partition by account_key
        order by closed_on asc, closed_at asc, created_at asc, opportunity_key asc
    )
),

-- Measure, first day, day after the last one. Null as the end: for ever.
stretches as (
    select
        concat('active_', basis) as measure,
        account_key,
        active_from as from_day,
        {{ add_days('active_to', 1) }} as end_day,
        cast(1 as decimal(28, 2)) as quantity
    from spans
    union all
    select
        'active_a_year_ago' as measure,
        account_key,
        year_on_from as from_day,
        {{ add_days('year_on_to', 1) }} as end_day,
        1 as quantity
    from any_spans
    union all
    select
        'kept_for_a_year' as measure,
        then_active.account_key,
        greatest(then_active.year_on_from, now_active.active_from) as from_day,
        {{ add_days('least(then_active.year_on_to, now_active.active_to)', 1) }} as end_day,
        1 as quantity
    from any_spans as then_active
    inner join any_spans as now_active
        on
            then_active.account_key = now_active.account_key
            and then_active.year_on_from <= now_active.active_to
            and then_active.year_on_to >= now_active.active_from
    union all
    select
        'recent_amount' as measure,
        purchases.account_key,
        greatest(purchases.closed_on, any_spans.year_on_from) as from_day,
        least(
            {{ add_days('purchases.closed_on', 365) }}, {{ add_days('any_spans.year_on_to', 1) }}
        ) as end_day,
        purchases.amount_base as quantity
    from purchases
    inner join any_spans on purchases.account_key = any_spans.account_key
    union all
    select
        'earlier_amount' as measure,
        purchases.account_key,
        greatest({{ add_days('purchases.closed_on', 365) }}, any_spans.year_on_from) as from_day,
        least(
            {{ add_days('purchases.closed_on', 730) }}, {{ add_days('any_spans.year_on_to', 1) }}
        ) as end_day,
        purchases.amount_base as quantity
    from purchases
    inner join any_spans on purchases.account_key = any_spans.account_key
    union all
    select
        'won_count' as measure,
        account_key,
        closed_on as from_day,
        {{ add_days('closed_on', 365) }} as end_day,
        1 as quantity
    from purchases
    union all
    select
        'sized_count' as measure,
        account_key,
        closed_on as from_day,
        {{ add_days('closed_on', 365) }} as end_day,
        sized_count as quantity
    from purchases
    union all
    select
        'sized_amount' as measure,
        account_key,
        closed_on as from_day,
        {{ add_days('closed_on', 365) }} as end_day,
        sized_amount as quantity
    from purchases
    union all
    -- Until the next purchase, which then counts the account in its place.
    select
        'buyer_count' as measure,
        account_key,
        closed_on as from_day,
        least({{ add_days('closed_on', 365) }}, next_closed_on) as end_day,
        1 as quantity
    from purchases
    where account_key is not null
    union all
    select
        'ever_bought' as measure,
        account_key,
        closed_on as from_day,
        cast(null as date) as end_day,
        1 as quantity
    from purchases
    where account_key is not null and purchase_number = 1
    union all
    select
        'ever_repeated' as measure,
        account_key,
        closed_on as from_day,
        cast(null as date) as end_day,
        1 as quantity
    from purchases
    where account_key is not null and purchase_number = 2
),

changes as (
    select
        measure,
        account_key,
        from_day as change_day,
        quantity
    from stretches
    where (end_day is null or from_day < end_day) and quantity <> 0
    union all
    select
        measure,
        account_key,
        end_day as change_day,
        -quantity as quantity
    from stretches
    where from_day < end_day and quantity <> 0
),

by_segment as (
    select
        changes.measure,
        changes.change_day,
        accounts.country_code,
        accounts.industry,
        accounts.size_band,
        sum(changes.quantity) as quantity
    from changes
    left join accounts on changes.account_key = accounts.account_key
    group by
        changes.measure,
        changes.change_day,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
),

dimensioned as (
    {{ by_dimension(
        'by_segment', ['measure', 'change_day', 'quantity'],
        {'country': 'country_code', 'industry': 'industry', 'size_band': 'size_band'}
    ) }}
),

-- Every measured day has its row, also for a company that has sold nothing yet.
measures as (
    select measure
    from by_segment
    union
    select 'active_any' as measure
),

segments as (
    select
        dimension,
        dimension_key,
        dimension_value
    from dimensioned
    group by dimension, dimension_key, dimension_value
    union
    select
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from measured_days
),

on_days as (
    select
        measure,
        change_day,
        false as is_measured,
        dimension,
        dimension_key,
        dimension_value,
        sum(quantity) as quantity
    from dimensioned
    group by measure, change_day, dimension, dimension_key, dimension_value
    union all
    select
        measures.measure,
        measured_days.measured_on as change_day,
        true as is_measured,
        segments.dimension,
        segments.dimension_key,
        segments.dimension_value,
        0 as quantity
    from measured_days
    cross join segments
    cross join measures
),

running as (
    select
        measure,
        change_day,
        is_measured,
        dimension,
        dimension_key,
        dimension_value,
        -- A change counts on its own day: the measured row comes last.
        sum(quantity) over (
            partition by measure, dimension, dimension_key
            order by change_day asc, is_measured asc
            rows between unbounded preceding and current row
        ) as quantity
    from on_days
),

wide as (
    select
        change_day as measured_on,
        dimension,
        dimension_key,
        dimension_value,
        sum(case when measure = 'active_any' then quantity else 0 end) as active_any,
        sum(case when measure = 'active_contract' then quantity else 0 end) as active_contract,
        sum(case when measure = 'active_purchase' then quantity else 0 end) as active_purchase,
        sum(case when measure = 'active_a_year_ago' then quantity else 0 end) as active_a_year_ago,
        sum(case when measure = 'kept_for_a_year' then quantity else 0 end) as kept_for_a_year,
        sum(case when measure = 'recent_amount' then quantity else 0 end) as recent_amount,
        sum(case when measure = 'earlier_amount' then quantity else 0 end) as earlier_amount,
        sum(case when measure = 'won_count' then quantity else 0 end) as won_count,
        sum(case when measure = 'sized_count' then quantity else 0 end) as sized_count,
        sum(case when measure = 'sized_amount' then quantity else 0 end) as sized_amount,
        sum(case when measure = 'buyer_count' then quantity else 0 end) as buyer_count,
        sum(case when measure = 'ever_bought' then quantity else 0 end) as ever_bought,
        sum(case when measure = 'ever_repeated' then quantity else 0 end) as ever_repeated
    from running
    where is_measured
    group by change_day, dimension, dimension_key, dimension_value
)

select
    measured_on,
    dimension,
    dimension_key,
    dimension_value,
    cast(active_any as bigint) as active_any,
    cast(active_contract as bigint) as active_contract,
    cast(active_purchase as bigint) as active_purchase,
    cast(active_a_year_ago as bigint) as active_a_year_ago,
    cast(kept_for_a_year as bigint) as kept_for_a_year,
    cast(recent_amount as decimal(28, 2)) as recent_amount,
    cast(earlier_amount as decimal(28, 2)) as earlier_amount,
    cast(won_count as bigint) as won_count,
    cast(sized_count as bigint) as sized_count,
    cast(sized_amount as decimal(28, 2)) as sized_amount,
    cast(buyer_count as bigint) as buyer_count,
    cast(ever_bought as bigint) as ever_bought,
    cast(ever_repeated as bigint) as ever_repeated
from wide
