-- A score is the fifth in which an account lies by the share of accounts that are worse: 1 is the
-- worst fifth, 5 the best. Equal values have equal scores, whatever the order of the rows, those of
-- the first of them: where most bought once, one purchase is no sign of loyalty.
with opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where is_won and account_key is not null and closed_on is not null
),

rules as (
    select * from {{ ref('rfm_segments') }}
),

ranked_months as (
    select
        period_start as month_start,
        measured_on,
        row_number() over (order by period_start desc) as months_back
    from {{ ref('dim_period') }}
    where period_grain = 'month'
),

-- Three more than are told: where the oldest of those accounts stood a quarter before.
months as (
    select
        month_start,
        measured_on,
        months_back,
        {{ add_days('measured_on', '- ' ~ var('rfm_frequency_days')) }} as bought_after
    from ranked_months
    where months_back <= {{ var('rfm_history_months') }} + 3
),

measured as (
    select
        months.month_start,
        months.measured_on,
        months.months_back,
        opportunities.account_key,
        max(opportunities.closed_on) as last_won_on,
        count(*) filter (where opportunities.closed_on > months.bought_after) as purchase_count,
        cast(
            coalesce(
                sum(opportunities.amount_base) filter (
                    where opportunities.closed_on > months.bought_after
                ),
                0
            ) as decimal(18, 2)
        ) as purchase_amount
    from opportunities
    inner join months on opportunities.closed_on <= months.measured_on
    group by
        months.month_start, months.measured_on, months.months_back, opportunities.account_key
),

ranked as (
    select
        *,
        count(*) over (partition by month_start) as account_count,
        -- How many are worse.
        rank() over (partition by month_start order by last_won_on asc) - 1 as less_recent,
        rank() over (partition by month_start order by purchase_count asc) - 1 as less_frequent,
        rank() over (partition by month_start order by purchase_amount asc) - 1 as less_bought
    from measured
),

scored as (
    select
        *,
        1 + cast(floor(less_recent * 5 / account_count) as integer) as recency_score,
        1 + cast(floor(less_frequent * 5 / account_count) as integer) as frequency_score,
        1 + cast(floor(less_bought * 5 / account_count) as integer) as monetary_score
    from ranked
),

cells as (
    select
        recency_score,
        frequency_score,
        monetary_score
    from scored
    group by recency_score, frequency_score, monetary_score
),

fitting as (
    select
        cells.recency_score,
        cells.frequency_score,
        cells.monetary_score,
        rules.segment,
        row_number() over (
            partition by cells.recency_score, cells.frequency_score, cells.monetary_score
            order by rules.rule_order
        ) as fit
    from cells
    inner join rules
        on
            cells.recency_score >= rules.recency_from
            and cells.recency_score <= rules.recency_to
            and cells.frequency_score >= rules.frequency_from
            and cells.frequency_score <= rules.frequency_to
            and cells.monetary_score >= rules.monetary_from
            and cells.monetary_score <= rules.monetary_to
),

named as (
    select
        scored.*,
        fitting.segment,
        -- An account has a row for every month since its first purchase.
        lag(fitting.segment, 3) over (
            partition by scored.account_key order by scored.month_start asc
        ) as segment_a_quarter_ago
    from scored
    left join fitting
        on
            scored.recency_score = fitting.recency_score
            and scored.frequency_score = fitting.frequency_score
            and scored.monetary_score = fitting.monetary_score
            and fitting.fit = 1
)

select
    account_key,
    month_start,
    measured_on,
    months_back = 1 as is_latest,
    last_won_on,
    cast({{ days_between('last_won_on', 'measured_on') }} as integer) as recency_days,
    purchase_count as frequency,
    purchase_amount as monetary_amount,
    recency_score,
    frequency_score,
    monetary_score,
    segment,
    segment_a_quarter_ago
from named
where months_back <= {{ var('rfm_history_months') }}
