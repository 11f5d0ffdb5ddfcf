-- From a KPI of the family `funnel` to the entries and stays behind it, and to what was left out.
-- The rows of a percentile are its days.
with asked as (
    {{ asked_number() }}
),

visits as (
    select * from {{ ref('fct_stage_visits') }}
),

entry_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
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
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
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
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
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

left_out as (
    {{ left_out_rows(
        'funnel', 'opportunity', 'int_crm__opportunities', 'opportunity_key', 'records.created_on'
    ) }}
)

{{ rows_behind(['entry_rows', 'ended_rows', 'running_rows', 'left_out']) }}
