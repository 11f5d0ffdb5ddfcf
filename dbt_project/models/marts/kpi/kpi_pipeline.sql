-- Measured once per day; a longer period has the value of the day on which it is measured.
with periods as (
    select * from {{ ref('dim_period') }}
),

versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

moments as (
    select distinct
        measured_at,
        measured_on
    from periods
),

open_deals as (
    select
        moments.measured_at,
        versions.opportunity_key,
        coalesce(versions.owner_key, 'unknown') as owner_key,
        coalesce(versions.team_key, 'unknown') as team_key,
        {{ to_base_currency('versions.amount', 'rates.rate_to_base') }} as amount_base
    from versions
    inner join moments
        on
            versions.valid_from < moments.measured_at
            and coalesce(versions.valid_to, timestamp '9999-12-31 00:00:00') >= moments.measured_at
    left join rates
        on
            versions.currency_code = rates.currency_code
            and moments.measured_on = rates.rate_on
    where not versions.is_closed
),

-- The owner of that day, not today's, has the credit.
measured as (
    select
        open_deals.measured_at,
        'owner' as dimension,
        open_deals.owner_key as dimension_key,
        coalesce(max(owners.owner_name), 'unknown') as dimension_value,
        count(*) as deal_count,
        count(open_deals.amount_base) as converted_count,
        coalesce(sum(open_deals.amount_base), 0) as amount_base
    from open_deals
    left join owners on open_deals.owner_key = owners.owner_key
    group by open_deals.measured_at, open_deals.owner_key
    union all
    select
        open_deals.measured_at,
        'team' as dimension,
        open_deals.team_key as dimension_key,
        coalesce(max(owners.team_name), 'unknown') as dimension_value,
        count(*) as deal_count,
        count(open_deals.amount_base) as converted_count,
        coalesce(sum(open_deals.amount_base), 0) as amount_base
    from open_deals
    left join owners on open_deals.owner_key = owners.owner_key
    group by open_deals.measured_at, open_deals.team_key
    union all
    select
        open_deals.measured_at,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value,
        count(*) as deal_count,
        count(open_deals.amount_base) as converted_count,
        coalesce(sum(open_deals.amount_base), 0) as amount_base
    from open_deals
    inner join dimensions on open_deals.opportunity_key = dimensions.opportunity_key
    where dimensions.dimension not in ('owner', 'team')
    group by
        open_deals.measured_at,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value
),

-- Every period has its total, also one with nothing open.
placed as (
    select
        periods.period_grain,
        periods.period_start,
        measured.dimension,
        measured.dimension_key,
        measured.dimension_value,
        measured.deal_count,
        measured.converted_count,
        measured.amount_base
    from periods
    inner join measured on periods.measured_at = measured.measured_at
    union all
    select
        periods.period_grain,
        periods.period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as deal_count,
        0 as converted_count,
        0 as amount_base
    from periods
    where periods.measured_at not in (select measured_at from measured)
)

select
    'open_pipeline_count' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('deal_count') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('deal_count') }} as value,
    deal_count as n,
    cast(null as boolean) as is_mature
from placed
union all
select
    'open_pipeline' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('amount_base') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('amount_base') }} as value,
    converted_count as n,
    cast(null as boolean) as is_mature
from placed
