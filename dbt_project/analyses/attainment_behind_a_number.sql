-- From a KPI of the family `attainment` to the deals and targets behind it:
--   dbt compile --select attainment_behind_a_number --vars '{as_of: ...,
--     number_kpi: attainment, number_grain: quarter, number_start: 2026-07-01,
--     number_dimension: owner}'
-- Of target_amount and attainment the rows add up to both parts: a row is a won deal of a day for
-- which its owner had a target, a target's days within the period, or, without numbers, a deal or
-- target that was left out. attainment_to_date and pacing bring the same rows to the working days
-- of dim_working_period; pipeline_coverage takes its deals from pub_pipeline_as_of.
with asked as (
    {{ asked_numbers('attainment') }}
),

target_days as (
    select * from {{ ref('fct_target_days') }}
    where kpi_id = 'sales_amount' and scope = 'owner'
),

owners as (
    select * from {{ ref('dim_owner') }}
),

won_deals as (
    select * from {{ ref('fct_opportunities') }}
    where is_won
),

left_out as (
    select * from {{ ref('excluded_records') }}
    where concat(',', kpi_families, ',') like '%,attainment,%'
),

targets as (
    select
        asked.kpi_id,
        asked.period_grain,
        asked.period_start,
        asked.dimension,
        asked.dimension_key,
        asked.dimension_value,
        'target' as entity,
        concat_ws(
            ' ', target_days.target_grain, cast(target_days.target_start as string)
        ) as record_key,
        target_days.scope_key as owner_key,
        cast(
            case when asked.kpi_id = 'target_amount' then sum(target_days.day_share) end
            as decimal(38, 10)
        ) as numerator,
        cast(
            case when asked.kpi_id = 'attainment' then sum(target_days.day_share) end
            as decimal(38, 10)
        ) as denominator,
        cast(null as string) as left_out_because
    from asked
    inner join target_days
        on
            asked.period_start <= target_days.date_day
            and asked.period_end > target_days.date_day
    left join owners on target_days.scope_key = owners.owner_key
    where
        asked.kpi_id in ('attainment', 'target_amount')
        and asked.dimension_key = case asked.dimension
            when 'owner' then target_days.scope_key
            when 'team' then coalesce(owners.team_key, 'unknown')
            else 'total'
        end
    group by
        asked.kpi_id,
        asked.period_grain,
        asked.period_start,
        asked.dimension,
        asked.dimension_key,
        asked.dimension_value,
        target_days.target_grain,
        target_days.target_start,
        target_days.scope_key
),

sales as (
    select
        asked.kpi_id,
        asked.period_grain,
        asked.period_start,
        asked.dimension,
        asked.dimension_key,
        asked.dimension_value,
        'opportunity' as entity,
        won_deals.opportunity_key as record_key,
        target_days.scope_key as owner_key,
        cast(won_deals.amount_base as decimal(38, 10)) as numerator,
        cast(null as decimal(38, 10)) as denominator,
        cast(null as string) as left_out_because
    from asked
    inner join target_days
        on
            asked.period_start <= target_days.date_day
            and asked.period_end > target_days.date_day
    inner join won_deals
        on
            target_days.scope_key = won_deals.owner_key_at_close
            and target_days.date_day = won_deals.closed_on
    left join owners on target_days.scope_key = owners.owner_key
    where
        asked.kpi_id = 'attainment'
        and asked.dimension_key = case asked.dimension
            when 'owner' then target_days.scope_key
            when 'team' then coalesce(owners.team_key, 'unknown')
            else 'total'
        end
)

select * from targets
union all
select * from sales
union all
select
    asked.kpi_id,
    asked.period_grain,
    asked.period_start,
    asked.dimension,
    asked.dimension_key,
    asked.dimension_value,
    left_out.entity,
    left_out.record_key,
    cast(null as string) as owner_key,
    cast(null as decimal(38, 10)) as numerator,
    cast(null as decimal(38, 10)) as denominator,
    left_out.reason as left_out_because
from asked
cross join left_out
where asked.dimension = 'total' and asked.kpi_id in ('attainment', 'target_amount')
