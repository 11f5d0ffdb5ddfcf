with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

surveys as (
    select * from {{ ref('fct_surveys') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

answers as (
    select
        days.period_grain,
        days.period_start,
        surveys.account_key,
        surveys.score,
        row_number() over (
            partition by
                days.period_grain, days.period_start, surveys.voter_key, surveys.survey_id
            order by surveys.answered_at desc, surveys.survey_key desc
        ) as newest_first
    from surveys
    inner join days on surveys.answered_on = days.date_day
    -- An answer without a score, a comment only, says nothing about the share.
    where surveys.survey_type = 'CSAT' and surveys.score is not null
),

votes as (
    select
        answers.period_grain,
        answers.period_start,
        coalesce(accounts.country_code, 'unknown') as country_code,
        case when answers.score >= 4 then 1 else 0 end as satisfied
    from answers
    left join accounts on answers.account_key = accounts.account_key
    -- Who answered twice has changed their mind: the last answer of the period counts.
    where answers.newest_first = 1
),

placed as (
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        1 as answered,
        satisfied
    from votes
    union all
    select
        period_grain,
        period_start,
        'country' as dimension,
        country_code as dimension_key,
        1 as answered,
        satisfied
    from votes
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        0 as answered,
        0 as satisfied
    from periods
),

measured as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        cast(sum(answered) as bigint) as answer_count,
        cast(sum(satisfied) as bigint) as satisfied_count
    from placed
    group by period_grain, period_start, dimension, dimension_key
)

select
    'csat' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_key as dimension_value,
    {{ kpi_number('satisfied_count') }} as numerator,
    {{ kpi_number('answer_count') }} as denominator,
    {{ kpi_number(safe_divide('satisfied_count', 'answer_count')) }} as value,
    answer_count as n,
    cast(null as boolean) as is_mature
from measured
