-- From a number of the family `satisfaction` to the answers behind it and to those left out. Change
-- the first step to the kind of survey and the period that you ask about. As it stands: the
-- satisfaction answers of the newest year, which of them count, and which were left out and why.
--
--   csat                                counted = 1 are the votes, in_numerator the satisfied ones
--   nps                                 the same with survey_type = 'NPS', one vote per voter_key
--   satisfied_, unsatisfied_repurchase  the last answer per person_key; next_won_on is the deal
--   survey_response_rate                all answers by survey_name, beside int_crm__surveys_sent
with asked as (
    select
        'CSAT' as survey_type,
        max(period_start) as period_start
    from {{ ref('dim_period') }}
    where period_grain = 'year'
),

periods as (
    select * from {{ ref('dim_period') }}
),

surveys as (
    select * from {{ ref('fct_surveys') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

excluded as (
    select * from {{ ref('excluded_records') }}
),

answers as (
    select
        surveys.*,
        row_number() over (
            partition by
                surveys.score is null,
                surveys.voter_key,
                coalesce(surveys.survey_id, surveys.survey_name)
            order by surveys.answered_at desc, surveys.survey_key desc
        ) as newest_first
    from surveys
    inner join asked on surveys.survey_type = asked.survey_type
    inner join periods
        on
            periods.period_grain = 'year'
            and asked.period_start = periods.period_start
            and surveys.answered_on >= periods.period_start
            and surveys.answered_on < periods.period_end
)

select
    case
        when answers.score is null then 'no score'
        when answers.newest_first > 1 then 'answered again later'
        else 'counted'
    end as part,
    answers.survey_key as record_key,
    answers.survey_name,
    accounts.account_name,
    answers.answered_on,
    answers.score,
    case when answers.score is not null and answers.newest_first = 1 then 1 else 0 end
        as in_denominator,
    case when answers.score >= 4 and answers.newest_first = 1 then 1 else 0 end as in_numerator
from answers
left join accounts on answers.account_key = accounts.account_key
union all
select
    concat('excluded: ', excluded.reason) as part,
    excluded.record_key,
    cast(null as string) as survey_name,
    cast(null as string) as account_name,
    cast(null as date) as answered_on,
    cast(null as decimal(18, 4)) as score,
    0 as in_denominator,
    0 as in_numerator
from excluded
where excluded.entity = 'survey'
order by part, record_key
