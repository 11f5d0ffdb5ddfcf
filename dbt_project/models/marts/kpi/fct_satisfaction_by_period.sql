with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

-- An answer without a score, a comment only, says nothing about the share.
surveys as (
    select
        surveys.*,
        accounts.country_code,
        accounts.industry,
        accounts.size_band,
        {{ days_between('surveys.answered_on', 'surveys.next_won_on') }} as days_to_purchase
    from {{ ref('fct_surveys') }} as surveys
    left join accounts on surveys.account_key = accounts.account_key
    where surveys.score is not null and surveys.survey_type in ('CSAT', 'NPS')
),

-- Who answered twice has changed their mind: the last answer of the period counts. Satisfaction is
-- asked about many things, so it is the last one per survey; a recommendation is one per person.
votes as (
    select
        days.period_grain,
        days.period_start,
        surveys.survey_type,
        surveys.score,
        surveys.country_code,
        surveys.industry,
        surveys.size_band,
        row_number() over (
            partition by
                days.period_grain,
                days.period_start,
                surveys.survey_type,
                surveys.voter_key,
                case
                    when surveys.survey_type = 'CSAT'
                        then coalesce(surveys.survey_id, surveys.survey_name)
                end
            order by surveys.answered_at desc, surveys.survey_key desc
        ) as newest_first
    from surveys
    inner join days on surveys.answered_on = days.date_day
),

-- The last answer of each known person of a known company: did the company buy again?
cohort as (
    select
        days.period_grain,
        days.period_start,
        surveys.score,
        surveys.days_to_purchase,
        surveys.country_code,
        surveys.industry,
        surveys.size_band,
        row_number() over (
            partition by days.period_grain, days.period_start, surveys.person_key
            order by surveys.answered_at desc, surveys.survey_key desc
        ) as newest_first
    from surveys
    inner join days on surveys.answered_on = days.date_day
    where
        surveys.survey_type = 'CSAT'
        and surveys.person_key is not null
        and surveys.account_key is not null
        -- Half a year must pass before anything can be said of a cohort.
        and days.period_grain in ('month', 'quarter', 'year')
),

counted as (
    select
        period_grain,
        period_start,
        country_code,
        industry,
        size_band,
        case when survey_type = 'CSAT' then 1 else 0 end as csat,
        case when survey_type = 'CSAT' and score >= 4 then 1 else 0 end as satisfied,
        case when survey_type = 'NPS' then 1 else 0 end as nps,
        case when survey_type = 'NPS' and score >= 9 then 1 else 0 end as promoter,
        case when survey_type = 'NPS' and score <= 6 then 1 else 0 end as detractor,
        0 as happy,
        0 as happy_again,
        0 as unhappy,
        0 as unhappy_again
    from votes
    where newest_first = 1
    union all
    select
        period_grain,
        period_start,
        country_code,
        industry,
        size_band,
        0 as csat,
        0 as satisfied,
        0 as nps,
        0 as promoter,
        0 as detractor,
        case when score >= 4 then 1 else 0 end as happy,
        case when score >= 4 and days_to_purchase <= 180 then 1 else 0 end as happy_again,
        case when score < 4 then 1 else 0 end as unhappy,
        case when score < 4 and days_to_purchase <= 180 then 1 else 0 end as unhappy_again
    from cohort
    where newest_first = 1
),

placed as (
    {{ by_dimension(
        'counted',
        [
            'period_grain', 'period_start', 'csat', 'satisfied', 'nps', 'promoter', 'detractor',
            'happy', 'happy_again', 'unhappy', 'unhappy_again'
        ],
        {'country': 'country_code', 'industry': 'industry', 'size_band': 'size_band'}
    ) }}
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        0 as csat,
        0 as satisfied,
        0 as nps,
        0 as promoter,
        0 as detractor,
        0 as happy,
        0 as happy_again,
        0 as unhappy,
        0 as unhappy_again,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
),

summed as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(csat) as bigint) as csat_answer_count,
        cast(sum(satisfied) as bigint) as csat_satisfied_count,
        cast(sum(nps) as bigint) as nps_answer_count,
        cast(sum(promoter) as bigint) as promoter_count,
        cast(sum(detractor) as bigint) as detractor_count,
        cast(sum(happy) as bigint) as satisfied_people_count,
        cast(sum(happy_again) as bigint) as satisfied_repurchase_count,
        cast(sum(unhappy) as bigint) as unsatisfied_people_count,
        cast(sum(unhappy_again) as bigint) as unsatisfied_repurchase_count
    from placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

select
    summed.period_grain,
    summed.period_start,
    summed.dimension,
    summed.dimension_key,
    summed.dimension_value,
    summed.csat_answer_count,
    summed.csat_satisfied_count,
    summed.nps_answer_count,
    summed.promoter_count,
    summed.detractor_count,
    summed.satisfied_people_count,
    summed.satisfied_repurchase_count,
    summed.unsatisfied_people_count,
    summed.unsatisfied_repurchase_count,
    {{ add_days('periods.period_end', 180) }} <= {{ as_of_date() }} as is_repurchase_mature
from summed
inner join periods
    on
        summed.period_grain = periods.period_grain
        and summed.period_start = periods.period_start
