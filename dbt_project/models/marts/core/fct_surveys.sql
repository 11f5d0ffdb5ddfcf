with surveys as (
    select * from {{ ref('int_crm__surveys') }}
    -- Deleted and internal answers: see excluded_records. Those given after the run's instant are
    -- of the future.
    where exclusion_reason is null and answered_at <= {{ as_of() }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

dated as (
    select
        *,
        {{ to_business_date('answered_at') }} as answered_on
    from surveys
),

-- A purchase on the day of the answer may be what the answer is about.
next_purchases as (
    select
        dated.survey_key,
        min(opportunities.closed_on) as next_won_on
    from dated
    inner join opportunities
        on
            dated.account_key = opportunities.account_key
            and dated.answered_on < opportunities.closed_on
    where opportunities.is_won and opportunities.closed_on <= {{ as_of_date() }}
    group by dated.survey_key
)

select
    dated.survey_key,
    dated.survey_id,
    dated.survey_name,
    dated.survey_type,
    dated.score,
    dated.person_key,
    dated.account_key,
    dated.ticket_key,
    dated.answered_at,
    dated.answered_on,
    -- Whose vote it is: an anonymous answer is its own voter.
    coalesce(dated.person_key, dated.survey_key) as voter_key,
    next_purchases.next_won_on
from dated
left join next_purchases on dated.survey_key = next_purchases.survey_key
