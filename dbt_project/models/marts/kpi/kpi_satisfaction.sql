with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

satisfaction as (
    select * from {{ ref('fct_satisfaction_by_period') }}
    where dimension in ('total', 'country')
),

surveys as (
    select * from {{ ref('fct_surveys') }}
),

-- Of which surveys it is known how many were sent.
sent as (
    select
        lower(trim(survey_name)) as survey_name,
        sent_on,
        sent_count
    from {{ ref('int_crm__surveys_sent') }}
    where survey_name is not null and sent_on <= {{ as_of_date() }}
),

sent_surveys as (
    select survey_name
    from sent
    group by survey_name
),

by_day as (
    select
        sent_on as date_day,
        0 as answer_count,
        sum(sent_count) as sent_count
    from sent
    group by sent_on
    union all
    select
        surveys.answered_on as date_day,
        count(*) as answer_count,
        0 as sent_count
    from surveys
    inner join sent_surveys on lower(trim(surveys.survey_name)) = sent_surveys.survey_name
    group by surveys.answered_on
),

response_rows as (
    select
        days.period_grain,
        days.period_start,
        by_day.answer_count,
        by_day.sent_count
    from by_day
    inner join days on by_day.date_day = days.date_day
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        0 as answer_count,
        0 as sent_count
    from periods
),

responses as (
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        sum(answer_count) as answer_count,
        sum(sent_count) as sent_count
    from response_rows
    group by period_grain, period_start
)

{{ kpi_rows(
    'csat', 'satisfaction', 'csat_answer_count', 'csat_satisfied_count', 'csat_answer_count',
    where="csat_answer_count > 0 or dimension = 'total'"
) }}
union all
{{ kpi_rows(
    'nps', 'satisfaction', 'nps_answer_count', '100 * (promoter_count - detractor_count)',
    'nps_answer_count', where="nps_answer_count > 0 or dimension = 'total'"
) }}
union all
{{ kpi_rows('survey_response_rate', 'responses', 'sent_count', 'answer_count', 'sent_count') }}
union all
{{ kpi_rows(
    'satisfied_repurchase_rate_cohort', 'satisfaction', 'satisfied_people_count',
    'satisfied_repurchase_count', 'satisfied_people_count', is_mature='is_repurchase_mature',
    where="period_grain in ('month', 'quarter', 'year')"
        ~ " and (satisfied_people_count > 0 or dimension = 'total')"
) }}
union all
{{ kpi_rows(
    'unsatisfied_repurchase_rate_cohort', 'satisfaction', 'unsatisfied_people_count',
    'unsatisfied_repurchase_count', 'unsatisfied_people_count', is_mature='is_repurchase_mature',
    where="period_grain in ('month', 'quarter', 'year')"
        ~ " and (unsatisfied_people_count > 0 or dimension = 'total')"
) }}
