with entries as (
    select * from {{ ref('fct_stage_entries') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

cohorts as (
    select
        cast(date_trunc('month', entered_on) as date) as cohort_month,
        stage_key,
        count(*) as entered_count,
        count(*) filter (where was_skipped) as skipped_count,
        count(*) filter (where is_converted) as converted_count,
        count(*) filter (where is_in_stage and not is_converted) as in_stage_count
    from entries
    group by 1, 2
)

select
    cohorts.cohort_month,
    cohorts.stage_key,
    stages.pipeline_key,
    stages.stage_label,
    stages.stage_order,
    cohorts.entered_count,
    cohorts.skipped_count,
    cohorts.converted_count,
    cohorts.in_stage_count,
    cohorts.entered_count - cohorts.converted_count - cohorts.in_stage_count as left_count,
    {{ safe_divide('cohorts.converted_count', 'cohorts.entered_count') }} as conversion_rate
from cohorts
inner join stages on cohorts.stage_key = stages.stage_key
