-- Each day's share of the targets in force on it: what a period asks for is the sum of its days.
--
-- In force is, for a KPI and a scope, the version that held on the day, of the finest grain there
-- is (a month before a quarter before a year), a spreadsheet before the CRMs; several of one grain
-- and source add up. A target is spread over the working days of its own period, over all its days
-- where it has no working day; the cents are dealt out so that the days add up to it exactly.
with targets as (
    select * from {{ ref('fct_targets') }}
    -- Without a rate there is no amount to reach, without a known owner nobody to reach it: see
    -- excluded_records.
    where target_value_base is not null and scope_key is not null
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

working_days as (
    select * from {{ ref('dim_working_day') }}
),

placed as (
    select
        targets.target_key,
        targets.kpi_id,
        targets.scope,
        targets.scope_key,
        targets.period_grain,
        targets.period_start,
        targets.target_value_base,
        targets.valid_from,
        targets.valid_to,
        catalogue.is_additive or targets.kpi_id = 'sales_amount' as is_additive,
        working_days.date_day,
        -- The finest first.
        case targets.period_grain
            when 'day' then 1
            when 'week' then 2
            when 'month' then 3
            when 'quarter' then 4
            else 5
        end * 2 + case when targets.source_system = 'spreadsheets' then 0 else 1 end
            as precedence,
        working_days.is_working_day,
        sum(case when working_days.is_working_day then 1 else 0 end) over (
            partition by targets.target_key, targets.valid_from
        ) as working_day_count
    from targets
    inner join catalogue on targets.kpi_id = catalogue.kpi_id
    left join owners on targets.owner_key = owners.owner_key
    inner join working_days
        on
            coalesce(owners.country_code, {{ business_country() }}) = working_days.country_code
            and targets.period_start <= working_days.date_day
            and targets.period_end > working_days.date_day
),

weighted as (
    select
        *,
        case when is_working_day or working_day_count = 0 then 1 else 0 end as weight
    from placed
),

counted as (
    select
        *,
        sum(weight) over (partition by target_key, valid_from) as weight_of_all,
        sum(weight) over (
            partition by target_key, valid_from
            order by date_day asc
            rows between unbounded preceding and current row
        ) as weight_through
    from weighted
),

shared as (
    select
        *,
        case
            when is_additive
                then
                    cast(
                        round(target_value_base * weight_through / weight_of_all, 2)
                        as decimal(18, 2)
                    )
                    - cast(
                        round(target_value_base * (weight_through - weight) / weight_of_all, 2)
                        as decimal(18, 2)
                    )
            else target_value_base * weight
        end as day_share,
        min(precedence) over (partition by kpi_id, scope, scope_key, date_day) as best_precedence
    from counted
    where date_day >= valid_from and (valid_to is null or date_day < valid_to)
)

select
    kpi_id,
    scope,
    scope_key,
    date_day,
    is_additive,
    period_grain as target_grain,
    period_start as target_start,
    cast(sum(day_share) as decimal(18, 4)) as day_share,
    cast(max(weight) as integer) as weight,
    count(*) as target_count
from shared
where precedence = best_precedence
group by kpi_id, scope, scope_key, date_day, is_additive, period_grain, period_start
