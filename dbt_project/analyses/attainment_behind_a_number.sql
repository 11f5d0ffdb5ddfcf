-- From a KPI of the family `attainment` to the deals and targets behind it, and to those left
-- out. A row is a won deal of a day for which its owner had a target, a target's days within the
-- period, or, for the coverage, an open deal of such an owner. What is left to cover is never
-- below 0.
with asked as (
    select
        numbers.*,
        working_periods.working_day_count,
        working_periods.elapsed_working_day_count
    from (
        {{ asked_number() }}
    ) as numbers
    inner join {{ ref('dim_working_period') }} as working_periods
        on
            numbers.period_grain = working_periods.period_grain
            and numbers.period_start = working_periods.period_start
            and working_periods.country_code = {{ business_country() }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

target_days as (
    select
        asked.*,
        targets.scope_key as owner_key,
        targets.date_day,
        targets.target_grain,
        targets.target_start,
        targets.day_share
    from asked
    inner join {{ ref('fct_target_days') }} as targets
        on
            asked.period_start <= targets.date_day
            and asked.period_end > targets.date_day
    left join owners on targets.scope_key = owners.owner_key
    where
        targets.kpi_id = 'sales_amount'
        and targets.scope = 'owner'
        and {{ asked_key({'owner': 'targets.scope_key', 'team': 'owners.team_key'}) }}
        = asked.dimension_key
),

target_rows as (
    select
        kpi_id,
        dimension,
        dimension_key,
        'target' as record_kind,
        concat_ws(' ', owner_key, target_grain, cast(target_start as string)) as record_key,
        target_start as happened_on,
        case when kpi_id = 'target_amount' then sum(day_share) end as numerator,
        case
            when kpi_id in ('attainment', 'pacing', 'pipeline_coverage') then sum(day_share)
            when kpi_id = 'attainment_to_date'
                then
                    cast(sum(day_share) as double)
                    * elapsed_working_day_count
                    / nullif(working_day_count, 0)
        end as denominator,
        cast(null as string) as reason
    from target_days
    group by
        kpi_id,
        dimension,
        dimension_key,
        owner_key,
        target_grain,
        target_start,
        working_day_count,
        elapsed_working_day_count
),

sale_rows as (
    select
        target_days.kpi_id,
        target_days.dimension,
        target_days.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.closed_on as happened_on,
        case
            when target_days.kpi_id = 'pipeline_coverage' then 0
            when target_days.kpi_id = 'pacing'
                then
                    cast(deals.amount_base as double)
                    * target_days.working_day_count
                    / nullif(target_days.elapsed_working_day_count, 0)
            else deals.amount_base
        end as numerator,
        case when target_days.kpi_id = 'pipeline_coverage' then -deals.amount_base end
            as denominator,
        cast(null as string) as reason
    from target_days
    inner join {{ ref('fct_opportunities') }} as deals
        on
            target_days.owner_key = deals.owner_key_at_close
            and target_days.date_day = deals.closed_on
    where target_days.kpi_id <> 'target_amount' and deals.is_won
),

open_rows as (
    select
        target_owners.kpi_id,
        target_owners.dimension,
        target_owners.dimension_key,
        'opportunity' as record_kind,
        pipeline.opportunity_key as record_key,
        pipeline.close_on as happened_on,
        pipeline.amount_base as numerator,
        0 as denominator,
        cast(null as string) as reason
    from (
        select distinct
            kpi_id,
            dimension,
            dimension_key,
            period_grain,
            period_start,
            period_end,
            owner_key
        from target_days
        where kpi_id = 'pipeline_coverage'
    ) as target_owners
    inner join {{ ref('fct_pipeline_as_of') }} as pipeline
        on
            target_owners.period_grain = pipeline.period_grain
            and target_owners.period_start = pipeline.period_start
            and target_owners.owner_key = pipeline.owner_key
            and target_owners.period_start <= pipeline.close_on
            and target_owners.period_end > pipeline.close_on
),

left_out as (
    {{ left_out_rows(
        'attainment', 'opportunity', 'int_crm__opportunities', 'opportunity_key',
        'records.closed_on', 'records.is_closed'
    ) }}
    union all
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        excluded.entity as record_kind,
        excluded.record_key,
        cast(null as date) as happened_on,
        cast(null as integer) as numerator,
        cast(null as integer) as denominator,
        excluded.reason
    from asked
    inner join {{ ref('excluded_records') }} as excluded on excluded.entity = 'target'
    where asked.dimension = 'total'
)

{{ rows_behind(['target_rows', 'sale_rows', 'open_rows', 'left_out']) }}
