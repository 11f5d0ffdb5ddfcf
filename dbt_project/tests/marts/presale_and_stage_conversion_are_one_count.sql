-- Who entered a stage passed it, left it or is there, and the cohorts of the path count the same
-- prospects as the stages themselves do.
with presale as (
    select * from {{ ref('fct_presale') }}
),

conversion as (
    select * from {{ ref('fct_stage_conversion') }}
),

leads as (
    select * from {{ ref('fct_leads') }}
),

by_stage as (
    select
        stage_key,
        sum(entered_count) as entered_count,
        sum(passed_count) as passed_count,
        sum(inside_count) as inside_count,
        sum(left_count) as left_count
    from presale
    group by stage_key
),

expected as (
    select
        stage_key,
        sum(entered_count) as entered_count,
        sum(converted_count) as passed_count,
        sum(in_stage_count) as inside_count
    from conversion
    group by stage_key
    union all
    select
        'lead' as stage_key,
        count(*) as entered_count,
        count(*) filter (where is_qualified or is_opportunity or is_converted) as passed_count,
        -- Who is inside is told by the age of the lead, in the report alone.
        cast(null as bigint) as inside_count
    from leads
    having count(*) > 0
    union all
    select
        'opportunity' as stage_key,
        count(*) as entered_count,
        count(*) filter (where is_converted) as passed_count,
        count(*) filter (where has_open_opportunity and not is_converted) as inside_count
    from leads
    where is_opportunity or is_converted
    having count(*) > 0
)

select
    coalesce(by_stage.stage_key, expected.stage_key) as stage_key,
    by_stage.entered_count,
    expected.entered_count as expected_count
from by_stage
full outer join expected on by_stage.stage_key = expected.stage_key
where
    by_stage.entered_count <> by_stage.passed_count + by_stage.inside_count + by_stage.left_count
    or (
        -- Its entry and its passing are those of the two beside it.
        coalesce(by_stage.stage_key, expected.stage_key) <> 'qualified'
        and (
            by_stage.entered_count is distinct from expected.entered_count
            or by_stage.passed_count is distinct from expected.passed_count
            or by_stage.inside_count <> expected.inside_count
        )
    )
