-- From one number of kpi_funnel to the entries and stays behind it, and to what was left out:
--   dbt show --limit -1 --select funnel_behind_a_number --vars '{as_of: ..., behind: {funnel: {
--     kpi_id: stage_conversion_cohort, period_grain: quarter, period_start: 2026-07-01,
--     dimension: stage, dimension_key: ...}}}'
-- The numerators and denominators of the rows that count add up to those of the KPI; a percentile
-- is that of their numerators. Rows that were left out have a reason.
with asked as (
    {{ asked_number('funnel', 'stage_conversion_cohort') }}
),

visits as (
    select * from {{ ref('fct_stage_visits') }}
),

entry_rows as (
    select
        'stage_entry' as record_kind,
        entries.opportunity_key as record_key,
        entries.stage_key,
        entries.entered_on as happened_on,
        cast(case when entries.is_converted then 1 else 0 end as double) as numerator,
        1 as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_stage_entries') }} as entries
        on
            asked.period_start <= entries.entered_on
            and asked.period_end > entries.entered_on
    where
        asked.kpi_id = 'stage_conversion_cohort'
        and {{ asked_key({'stage': 'entries.stage_key'}) }} = asked.dimension_key
),

ended_rows as (
    select
        'stage_visit' as record_kind,
        visits.opportunity_key as record_key,
        visits.stage_key,
        visits.exited_on as happened_on,
        case when not visits.was_skipped then visits.days_in_stage end as numerator,
        case when not visits.was_skipped then 1 end as denominator,
        case when visits.was_skipped then 'was_skipped' end as reason
    from asked
    inner join visits
        on
            asked.period_start <= visits.exited_on
            and asked.period_end > visits.exited_on
    where
        asked.kpi_id like 'days_in_stage%'
        and {{ asked_key({'stage': 'visits.stage_key', 'pipeline': 'visits.pipeline_key'}) }}
        = asked.dimension_key
),

running_rows as (
    select
        'stage_visit' as record_kind,
        visits.opportunity_key as record_key,
        visits.stage_key,
        visits.entered_on as happened_on,
        1 as numerator,
        cast(null as integer) as denominator,
        cast(null as string) as reason
    from asked
    inner join visits
        on
            asked.measured_at > visits.entered_at
            and asked.measured_at <= coalesce(visits.exited_at, asked.measured_at)
    where
        asked.kpi_id = 'open_stage_visits'
        and not visits.was_skipped
        and {{ asked_key({'stage': 'visits.stage_key', 'pipeline': 'visits.pipeline_key'}) }}
        = asked.dimension_key
),

-- Whatever the dimension: a record that is left out may have lost what would place it.
excluded_rows as (
    select
        excluded.entity as record_kind,
        excluded.record_key,
        deals.stage_key,
        deals.created_on as happened_on,
        cast(null as double) as numerator,
        cast(null as integer) as denominator,
        excluded.reason
    from {{ ref('excluded_records') }} as excluded
    inner join {{ ref('int_crm__opportunities') }} as deals
        on excluded.record_key = deals.opportunity_key
    inner join asked
        on
            deals.created_on >= asked.period_start
            and deals.created_on < asked.period_end
    where excluded.entity = 'opportunity' and deals.exclusion_reason is not null
)

select * from entry_rows
union all
select * from ended_rows
union all
select * from running_rows
union all
select * from excluded_rows
order by reason nulls first, happened_on nulls last, record_key nulls last, stage_key nulls last
