-- Customers of today who may not be customers for long, and the signs of it.
with spans as (
    select * from {{ ref('fct_customer_spans') }}
    where
        basis = 'any'
        and active_from <= {{ as_of_date() }}
        and active_to >= {{ as_of_date() }}
),

scores as (
    select * from {{ ref('fct_customer_rfm') }}
    where is_latest
),

tickets as (
    select * from {{ ref('fct_tickets') }}
),

surveys as (
    select * from {{ ref('fct_surveys') }}
    where score is not null and survey_type in ('CSAT', 'NPS')
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

complaints as (
    select
        account_key,
        count(*) as complaint_count
    from tickets
    where
        category = 'complaint'
        and (
            not is_closed
            or opened_on > {{ add_days(as_of_date(), '- ' ~ var('at_risk_days')) }}
        )
    group by account_key
),

last_answers as (
    select
        account_key,
        survey_type,
        score,
        row_number() over (
            partition by account_key, survey_type
            order by answered_at desc, survey_key desc
        ) as newest_first
    from surveys
),

unhappy as (
    select account_key
    from last_answers
    where
        newest_first = 1
        and ((survey_type = 'CSAT' and score < 4) or (survey_type = 'NPS' and score <= 6))
    group by account_key
),

-- Somebody is at it: a purchase or a renewal is being negotiated.
open_deals as (
    select
        account_key,
        count(*) as open_deal_count,
        coalesce(sum(amount_base), 0) as open_amount
    from opportunities
    where not is_closed
    group by account_key
),

signs as (
    select
        spans.account_key,
        spans.active_to as lapses_after,
        spans.ended_by as held_by,
        scores.segment,
        scores.last_won_on,
        scores.monetary_amount,
        {{ days_between(as_of_date(), 'spans.active_to') }} < {{ var('at_risk_days') }}
            as is_lapsing,
        coalesce(scores.segment in ('at_risk', 'cannot_lose'), false) as is_in_segment_at_risk,
        coalesce(complaints.complaint_count, 0) > 0 as has_complained,
        unhappy.account_key is not null as is_unsatisfied,
        coalesce(open_deals.open_deal_count, 0) as open_deal_count,
        cast(coalesce(open_deals.open_amount, 0) as decimal(18, 2)) as open_amount
    from spans
    left join scores on spans.account_key = scores.account_key
    left join complaints on spans.account_key = complaints.account_key
    left join unhappy on spans.account_key = unhappy.account_key
    left join open_deals on spans.account_key = open_deals.account_key
)

select
    account_key,
    lapses_after,
    held_by,
    segment,
    last_won_on,
    cast(coalesce(monetary_amount, 0) as decimal(18, 2)) as monetary_amount,
    is_lapsing,
    is_in_segment_at_risk,
    has_complained,
    is_unsatisfied,
    cast(
        case when is_lapsing then 1 else 0 end
        + case when is_in_segment_at_risk then 1 else 0 end
        + case when has_complained then 1 else 0 end
        + case when is_unsatisfied then 1 else 0 end as integer
    ) as sign_count,
    open_deal_count,
    open_amount
from signs
-- A customer without any sign is not at risk.
where is_lapsing or is_in_segment_at_risk or has_complained or is_unsatisfied
