-- A cohort entered its path in one month and is followed to the run: every stage speaks of the same
-- prospects. The path of the leads ends where those of the pipelines begin.
with entries as (
    select * from {{ ref('fct_stage_entries') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

pipelines as (
    select * from {{ ref('dim_pipeline') }}
),

leads as (
    select * from {{ ref('fct_leads') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

path_starts as (
    select
        opportunity_key,
        pipeline_key,
        min(entered_on) as cohort_on
    from entries
    group by opportunity_key, pipeline_key
),

deal_steps as (
    select
        coalesce(entries.pipeline_key, 'unknown') as path_key,
        coalesce(pipelines.pipeline_name, 'unknown') as path_name,
        path_starts.cohort_on,
        entries.stage_key,
        stages.stage_name,
        stages.stage_order,
        opportunities.lead_source,
        opportunities.credited_owner_key as owner_key,
        entries.was_skipped,
        entries.is_converted as is_passed,
        entries.is_in_stage and not entries.is_converted as is_inside,
        opportunities.is_won as is_bought
    from entries
    inner join path_starts
        on
            entries.opportunity_key = path_starts.opportunity_key
            and entries.pipeline_key is not distinct from path_starts.pipeline_key
    inner join opportunities on entries.opportunity_key = opportunities.opportunity_key
    inner join stages on entries.stage_key = stages.stage_key
    left join pipelines on entries.pipeline_key = pipelines.pipeline_key
),

lead_steps as (
    select
        lead_on,
        lead_source,
        owner_key,
        is_qualified,
        is_opportunity or is_converted as has_opportunity,
        has_open_opportunity,
        is_converted,
        least(days_to_qualification, days_to_opportunity, days_to_win) as days_to_leave_lead,
        least(days_to_opportunity, days_to_win) as days_to_leave_qualified,
        {{ days_between('lead_on', as_of_date()) }} as age_days
    from leads
),

-- Nobody records that a lead was given up: it is inside for as long as nine of ten of those who
-- ever moved on needed.
patience as (
    select
        {{ percentile(0.9, 'days_to_leave_lead') }} as lead_days_p90,
        {{ percentile(0.9, 'days_to_leave_qualified') }} as qualified_days_p90
    from lead_steps
),

lead_stages as (
    select
        'lead' as stage_key,
        'Lead' as stage_name,
        1 as stage_order,
        lead_steps.lead_on,
        lead_steps.lead_source,
        lead_steps.owner_key,
        false as was_skipped,
        lead_steps.is_qualified or lead_steps.has_opportunity as is_passed,
        coalesce(lead_steps.age_days <= patience.lead_days_p90, true) as is_inside,
        lead_steps.is_converted
    from lead_steps
    cross join patience
    union all
    select
        'qualified' as stage_key,
        'Qualified' as stage_name,
        2 as stage_order,
        lead_steps.lead_on,
        lead_steps.lead_source,
        lead_steps.owner_key,
        not lead_steps.is_qualified as was_skipped,
        lead_steps.has_opportunity as is_passed,
        coalesce(lead_steps.age_days <= patience.qualified_days_p90, true) as is_inside,
        lead_steps.is_converted
    from lead_steps
    cross join patience
    where lead_steps.is_qualified or lead_steps.has_opportunity
    union all
    select
        'opportunity' as stage_key,
        'Opportunity' as stage_name,
        3 as stage_order,
        lead_on,
        lead_source,
        owner_key,
        false as was_skipped,
        is_converted as is_passed,
        has_open_opportunity as is_inside,
        is_converted
    from lead_steps
    where has_opportunity
),

steps as (
    select
        path_key,
        path_name,
        cohort_on,
        stage_key,
        stage_name,
        stage_order,
        lead_source,
        owner_key,
        was_skipped,
        is_passed,
        is_inside,
        is_bought
    from deal_steps
    union all
    select
        'leads' as path_key,
        'Leads' as path_name,
        lead_on as cohort_on,
        stage_key,
        stage_name,
        stage_order,
        lead_source,
        owner_key,
        was_skipped,
        is_passed,
        not is_passed and is_inside as is_inside,
        is_converted as is_bought
    from lead_stages
),

placed as (
    select
        path_key,
        path_name,
        cast(date_trunc('month', cohort_on) as date) as cohort_month,
        coalesce(lead_source, 'unknown') as lead_source,
        coalesce(owner_key, 'unknown') as owner_key,
        stage_key,
        stage_name,
        stage_order,
        was_skipped,
        is_passed,
        is_inside,
        is_bought
    from steps
),

counted as (
    select
        path_key,
        path_name,
        cohort_month,
        lead_source,
        owner_key,
        stage_key,
        stage_name,
        stage_order,
        count(*) as entered_count,
        count(*) filter (where was_skipped) as skipped_count,
        count(*) filter (where is_passed) as passed_count,
        count(*) filter (where is_inside) as inside_count,
        count(*) filter (where not is_passed and not is_inside) as left_count,
        count(*) filter (where is_bought) as bought_count
    from placed
    group by
        path_key,
        path_name,
        cohort_month,
        lead_source,
        owner_key,
        stage_key,
        stage_name,
        stage_order
),

ranked as (
    select
        path_key,
        path_name,
        cohort_month,
        lead_source,
        owner_key,
        stage_key,
        stage_name,
        stage_order,
        entered_count,
        skipped_count,
        passed_count,
        inside_count,
        left_count,
        bought_count,
        row_number() over (
            partition by path_key, cohort_month, lead_source, owner_key
            order by left_count desc, stage_order asc nulls last, stage_key asc
        ) as drop_rank
    from counted
)

select
    ranked.path_key,
    ranked.path_name,
    ranked.cohort_month,
    ranked.lead_source,
    ranked.owner_key,
    coalesce(owners.owner_name, 'unknown') as owner_name,
    coalesce(owners.team_name, 'unknown') as team_name,
    ranked.stage_key,
    ranked.stage_name,
    cast(ranked.stage_order as bigint) as stage_order,
    ranked.entered_count,
    ranked.skipped_count,
    ranked.passed_count,
    ranked.inside_count,
    ranked.left_count,
    ranked.bought_count,
    {{ safe_divide('ranked.passed_count', 'ranked.entered_count') }} as pass_rate,
    ranked.drop_rank = 1 and ranked.left_count > 0 as is_largest_drop
from ranked
left join owners on ranked.owner_key = owners.owner_key
