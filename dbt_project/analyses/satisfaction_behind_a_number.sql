-- From a KPI of the family `satisfaction` to the answers behind it, and to those left out. What
-- was sent of a survey is a row of its own. Ask for a repurchase rate by month, quarter or year.
with asked as (
    {{ asked_number() }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

sent as (
    select
        survey_name,
        lower(trim(survey_name)) as survey,
        sent_on,
        sent_count
    from {{ ref('int_crm__surveys_sent') }}
    where
        survey_name is not null
        and sent_on <= (select max(measured_on) from {{ ref('dim_period') }})
),

-- The newest answer of a person counts: per survey for satisfaction, once for a recommendation.
answers as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        surveys.survey_key,
        surveys.answered_on,
        surveys.score,
        {{ days_between('surveys.answered_on', 'surveys.next_won_on') }} as days_to_purchase,
        row_number() over (
            partition by
                asked.dimension_key,
                surveys.score is null,
                case
                    when asked.kpi_id in ('csat', 'nps') then surveys.voter_key
                    else surveys.person_key
                end,
                case
                    when asked.kpi_id = 'csat'
                        then coalesce(surveys.survey_id, surveys.survey_name)
                end
            order by surveys.answered_at desc, surveys.survey_key desc
        ) as newest_first
    from asked
    inner join {{ ref('fct_surveys') }} as surveys
        on
            asked.period_start <= surveys.answered_on
            and asked.period_end > surveys.answered_on
            and surveys.survey_type = case asked.kpi_id when 'nps' then 'NPS' else 'CSAT' end
    left join accounts on surveys.account_key = accounts.account_key
    where
        asked.kpi_id <> 'survey_response_rate'
        and (
            asked.kpi_id in ('csat', 'nps')
            or (surveys.person_key is not null and surveys.account_key is not null)
        )
        and {{ asked_key({
            'country': 'accounts.country_code',
            'industry': 'accounts.industry',
            'size_band': 'accounts.size_band',
        }) }} = asked.dimension_key
),

answer_rows as (
    select
        kpi_id,
        dimension,
        dimension_key,
        'survey' as record_kind,
        survey_key as record_key,
        answered_on as happened_on,
        case
            when kpi_id = 'csat' then case when score >= 4 then 1 else 0 end
            when kpi_id = 'nps'
                then case when score >= 9 then 100 when score <= 6 then -100 else 0 end
            when days_to_purchase <= 180 then 1
            else 0
        end as numerator,
        1 as denominator,
        cast(null as string) as reason
    from answers
    where
        score is not null
        and newest_first = 1
        and (kpi_id not like 'satisfied%' or score >= 4)
        and (kpi_id not like 'unsatisfied%' or score < 4)
),

uncounted_rows as (
    select
        kpi_id,
        dimension,
        dimension_key,
        'survey' as record_kind,
        survey_key as record_key,
        answered_on as happened_on,
        cast(null as integer) as numerator,
        cast(null as integer) as denominator,
        case when score is null then 'no_score' else 'answered_again' end as reason
    from answers
    where score is null or newest_first > 1
),

response_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'survey' as record_kind,
        surveys.survey_key as record_key,
        surveys.answered_on as happened_on,
        1 as numerator,
        0 as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_surveys') }} as surveys
        on
            asked.period_start <= surveys.answered_on
            and asked.period_end > surveys.answered_on
    where
        asked.kpi_id = 'survey_response_rate'
        and lower(trim(surveys.survey_name)) in (select survey from sent)
    union all
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'survey_sent' as record_kind,
        sent.survey_name as record_key,
        sent.sent_on as happened_on,
        0 as numerator,
        sent.sent_count as denominator,
        cast(null as string) as reason
    from asked
    inner join sent
        on
            asked.period_start <= sent.sent_on
            and asked.period_end > sent.sent_on
    where asked.kpi_id = 'survey_response_rate'
),

left_out as (
    {{ left_out_rows(
        'satisfaction', 'survey', 'int_crm__surveys', 'survey_key',
        to_business_date('records.answered_at')
    ) }}
)

{{ rows_behind(['answer_rows', 'uncounted_rows', 'response_rows', 'left_out']) }}
