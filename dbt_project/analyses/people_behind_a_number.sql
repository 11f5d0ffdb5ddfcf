-- From a KPI of the family `people` to what is behind it and to what was left out:
--   dbt compile --select people_behind_a_number --vars '{as_of: ...,
--     number_kpi: hygiene_score, number_grain: month, number_start: 2026-10-01,
--     number_dimension: owner}'
-- The numerators add up to the KPI's numerator and the denominators to its denominator. One row is
-- an account (accounts_per_rep), a rep (participation_rate), an open deal (hygiene_score) or a won
-- deal (ramp_attainment, whose denominator, a median, is a row of its own). What was left out has a
-- reason and stands beside the total.
with asked as (
    {{ asked_numbers('people') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

spans as (
    select * from {{ ref('fct_customer_spans') }}
    where basis = 'any'
),

engagement as (
    select * from {{ ref('fct_rep_engagement') }}
    where is_engaged is not null
),

open_deals as (
    select * from {{ ref('fct_deal_hygiene') }}
),

won_deals as (
    select * from {{ ref('fct_opportunities') }}
    where is_won and closed_on <= {{ as_of_date() }}
),

ramp as (
    select * from {{ ref('fct_ramp') }}
),

left_out as (
    select * from {{ ref('excluded_records') }}
    where concat(',', kpi_families, ',') like '%,people,%'
),

portfolios as (
    select
        asked.period_grain,
        asked.period_start,
        spans.account_key,
        accounts.owner_key,
        row_number() over (
            partition by asked.dimension_key, accounts.owner_key
            order by spans.account_key asc
        ) as place_of_account
    from asked
    inner join spans
        on
            asked.measured_on >= spans.active_from
            and asked.measured_on <= spans.active_to
    inner join accounts on spans.account_key = accounts.account_key
    left join owners on accounts.owner_key = owners.owner_key
    where
        asked.kpi_id = 'accounts_per_rep'
        and accounts.owner_key is not null
        and asked.dimension_key = case asked.dimension
            when 'owner' then accounts.owner_key
            when 'team' then coalesce(owners.team_key, 'unknown')
            else 'total'
        end
),

records as (
    select
        'accounts_per_rep' as kpi_id,
        period_grain,
        period_start,
        'account' as entity,
        account_key as record_key,
        owner_key,
        cast(1 as decimal(38, 10)) as numerator,
        cast(case when place_of_account = 1 then 1 else 0 end as decimal(38, 10)) as denominator
    from portfolios
    union all
    select
        'participation_rate' as kpi_id,
        period_grain,
        period_start,
        'owner' as entity,
        owner_key as record_key,
        owner_key,
        cast(case when is_engaged then 1 else 0 end as decimal(38, 10)) as numerator,
        cast(1 as decimal(38, 10)) as denominator
    from engagement
    union all
    select
        'hygiene_score' as kpi_id,
        periods.period_grain,
        periods.period_start,
        'opportunity' as entity,
        open_deals.opportunity_key as record_key,
        open_deals.owner_key,
        cast(1 - open_deals.defect_weight as decimal(38, 10)) as numerator,
        cast(1 as decimal(38, 10)) as denominator
    from open_deals
    cross join periods
    where not periods.is_complete
    union all
    select
        'ramp_attainment' as kpi_id,
        periods.period_grain,
        periods.period_start,
        'opportunity' as entity,
        won_deals.opportunity_key as record_key,
        won_deals.credited_owner_key as owner_key,
        cast(won_deals.amount_base as decimal(38, 10)) as numerator,
        cast(null as decimal(38, 10)) as denominator
    from won_deals
    inner join periods on won_deals.closed_on < periods.period_end
    where periods.period_grain = 'month'
    union all
    select
        'ramp_attainment' as kpi_id,
        'month' as period_grain,
        period_start,
        'median of earlier owners' as entity,
        cast(null as string) as record_key,
        owner_key,
        cast(null as decimal(38, 10)) as numerator,
        cast(peer_median_amount as decimal(38, 10)) as denominator
    from ramp
)

select
    asked.kpi_id,
    asked.period_grain,
    asked.period_start,
    asked.dimension,
    asked.dimension_key,
    asked.dimension_value,
    records.entity,
    records.record_key,
    records.owner_key,
    records.numerator,
    records.denominator,
    cast(null as string) as left_out_because
from asked
inner join records
    on
        asked.kpi_id = records.kpi_id
        and asked.period_grain = records.period_grain
        and asked.period_start = records.period_start
left join owners on records.owner_key = owners.owner_key
where
    asked.dimension_key = case asked.dimension
        when 'owner' then coalesce(records.owner_key, 'unknown')
        when 'team' then coalesce(owners.team_key, 'unknown')
        else 'total'
    end
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
inner join left_out
    on left_out.entity = case asked.kpi_id
        when 'accounts_per_rep' then 'account'
        when 'participation_rate' then 'activity'
        else 'opportunity'
    end
where asked.dimension = 'total'
order by kpi_id, dimension_key, left_out_because, owner_key, record_key
