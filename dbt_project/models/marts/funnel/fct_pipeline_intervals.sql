-- Days on demand: fct_pipeline_daily.
with versions as (
    select * from {{ ref('fct_pipeline_versions') }}
    -- A day shows what was just before its end, and the run's own day what was just before the run.
    where valid_from < {{ as_of() }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

dated as (
    select
        opportunity_key,
        {{ to_business_date('valid_from') }} as valid_from_on,
        case when deleted_at < {{ as_of() }} then {{ to_business_date('deleted_at') }} end
            as deleted_on,
        deleted_at is not null as is_deleted_since,
        valid_from,
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
),

followed as (
    select
        opportunity_key,
        valid_from_on,
        -- The day that the next version ends in, or that the deal no longer sees the end of.
        coalesce(
            lead(valid_from_on) over (partition by opportunity_key order by valid_from asc),
            deleted_on
        ) as next_from_on,
        is_deleted_since,
        stage_key,
        is_closed,
        is_won,
        amount,
        currency_code,
        close_on,
        owner_key,
        team_key,
        forecast_category
    from dated
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
-- What had passed before its day was over was at the end of no day.
where followed.next_from_on is null or followed.next_from_on > followed.valid_from_on
