-- The customers behind `churn_rate` of the months, each with the best reason that the CRM has.
with movements as (
    select * from {{ ref('fct_customer_movements') }}
    where movement = 'lost' and basis = 'any' and period_grain = 'month'
),

spans as (
    select * from {{ ref('fct_customer_spans') }}
    where basis = 'any'
),

periods as (
    select * from {{ ref('dim_period') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

left_customers as (
    select
        movements.account_key,
        movements.period_start as month_start,
        periods.measured_on,
        movements.span_number,
        movements.changed_on as lost_on,
        spans.active_from,
        spans.active_to,
        spans.ended_by
    from movements
    inner join spans
        on
            movements.account_key = spans.account_key
            and movements.span_number = spans.span_number
    inner join periods
        on
            movements.period_grain = periods.period_grain
            and movements.period_start = periods.period_start
),

-- The last time that somebody tried to keep the customer and failed, while it was one.
lost_deals as (
    select
        left_customers.account_key,
        left_customers.span_number,
        opportunities.opportunity_key,
        opportunities.loss_reason,
        row_number() over (
            partition by left_customers.account_key, left_customers.span_number
            order by
                opportunities.closed_on desc,
                opportunities.closed_at desc,
                opportunities.opportunity_key desc
        ) as newest_first
    from left_customers
    inner join opportunities
        on
            left_customers.account_key = opportunities.account_key
            and left_customers.active_from <= opportunities.closed_on
            and left_customers.measured_on >= opportunities.closed_on
    where
        opportunities.is_lost
        and opportunities.deal_type in ('renewal', 'expansion')
        and opportunities.loss_reason is not null
),

bought_before as (
    select
        left_customers.account_key,
        left_customers.span_number,
        max(opportunities.closed_on) as last_won_on,
        coalesce(
            sum(opportunities.amount_base) filter (
                where opportunities.closed_on > {{ add_days('left_customers.lost_on', -731) }}
            ),
            0
        ) as amount_two_years
    from left_customers
    inner join opportunities
        on
            left_customers.account_key = opportunities.account_key
            and left_customers.lost_on > opportunities.closed_on
    where opportunities.is_won
    group by left_customers.account_key, left_customers.span_number
),

next_spans as (
    select
        left_customers.account_key,
        left_customers.span_number,
        min(spans.active_from) as won_back_on
    from left_customers
    inner join spans
        on
            left_customers.account_key = spans.account_key
            and left_customers.lost_on < spans.active_from
    -- What is agreed for later has not begun.
    where spans.active_from <= {{ as_of_date() }}
    group by left_customers.account_key, left_customers.span_number
)

select
    left_customers.account_key,
    left_customers.month_start,
    left_customers.lost_on,
    left_customers.active_from as customer_since,
    bought_before.last_won_on,
    cast(coalesce(bought_before.amount_two_years, 0) as decimal(18, 2)) as amount_two_years,
    case
        when lost_deals.opportunity_key is not null then lost_deals.loss_reason
        when left_customers.ended_by = 'contract' then 'contract_end'
        else 'no_purchase'
    end as reason,
    case
        when lost_deals.opportunity_key is not null then 'lost_deal'
        when left_customers.ended_by = 'contract' then 'contract'
        else 'purchases'
    end as reason_source,
    lost_deals.opportunity_key as lost_opportunity_key,
    next_spans.won_back_on
from left_customers
left join lost_deals
    on
        left_customers.account_key = lost_deals.account_key
        and left_customers.span_number = lost_deals.span_number
        and lost_deals.newest_first = 1
left join bought_before
    on
        left_customers.account_key = bought_before.account_key
        and left_customers.span_number = bought_before.span_number
left join next_spans
    on
        left_customers.account_key = next_spans.account_key
        and left_customers.span_number = next_spans.span_number
