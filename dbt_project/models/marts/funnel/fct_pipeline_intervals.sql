-- Days on demand: fct_pipeline_daily.
with versions as (
    select * from {{ ref('fct_pipeline_versions') }}
    -- A day shows what was just before its end, and the run's own day what was just before the run.
    where valid_from < {{ as_of() }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

followed as (
    select
        opportunity_key,
        valid_from,
        valid_to,
        {{ to_business_date('valid_from') }} as valid_from_on,
        -- The day that the next version ends in, or that the deal no longer sees the end of.
        case when valid_to < {{ as_of() }} then {{ to_business_date('valid_to') }} end
            as next_from_on,
        deleted_at is not null as is_deleted_since,
        stage_key,
        is_closed,
        is_won,
        amount,
        currency_code,
        close_on,
        owner_key,
        team_key,
        forecast_category
    from versions
)

select
    followed.opportunity_key,
    followed.valid_from_on,
    coalesce(
        {{ add_days('followed.next_from_on', -1) }},
        {{ to_business_date(add_milliseconds(as_of(), -1)) }}
    ) as valid_to_on,
    followed.next_from_on is null as is_current,
    stages.pipeline_key,
    followed.stage_key,
    followed.is_closed,
    followed.is_won,
    followed.amount,
    followed.currency_code,
    followed.close_on,
    followed.owner_key,
    followed.team_key,
    followed.forecast_category,
    followed.is_deleted_since
from followed
left join stages on followed.stage_key = stages.stage_key
-- What had passed before its day was over was at the end of no day. Two days have an end in them,
-- whatever the zone: few versions need their dates compared.
where
    followed.valid_to is null
    or followed.valid_to >= followed.valid_from + interval '2' day
    or followed.next_from_on is null
    or followed.next_from_on > followed.valid_from_on
