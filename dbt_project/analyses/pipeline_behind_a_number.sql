-- From a KPI of the family `pipeline` to the deals behind it and to those that were left out:
--   dbt compile --select pipeline_behind_a_number
--     --vars '{as_of: ..., number_kpi: open_pipeline,
--       number_grain: month, number_start: 2026-09-01,
--       number_dimension: owner, number_key: ...}'
-- The numerators add up to the KPI. The owner and the team are those of the time. Deals left out
-- have a reason; they belong to no dimension and stand beside the total.
with asked as (
    {{ asked_numbers('pipeline') }}
),

versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

deals as (
    select * from {{ ref('fct_opportunities') }}
),

created as (
    select * from {{ ref('fct_pipeline_created') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

all_deals as (
    select * from {{ ref('int_crm__opportunities') }}
    where exclusion_reason is not null
),

open_deals as (
    select
        asked.kpi_id,
        asked.period_grain,
        asked.period_start,
        asked.dimension,
        asked.dimension_key,
        asked.dimension_value,
        versions.opportunity_key,
        versions.valid_from as known_since,
        versions.owner_key,
        versions.team_key,
        stages.stage_label,
        stages.probability,
        versions.amount,
        versions.currency_code,
        {{ to_base_currency('versions.amount', 'rates.rate_to_base') }} as amount_base
    from asked
    inner join versions
        on
            asked.measured_at > versions.valid_from
            and (versions.valid_to is null or asked.measured_at <= versions.valid_to)
    left join stages on versions.stage_key = stages.stage_key
    left join rates
        on
            versions.currency_code = rates.currency_code
            and asked.measured_on = rates.rate_on
    where
        asked.kpi_id in ('open_pipeline_count', 'open_pipeline', 'weighted_pipeline')
        and not versions.is_closed
),

created_deals as (
    select
        asked.kpi_id,
        asked.period_grain,
        asked.period_start,
        asked.dimension,
        asked.dimension_key,
        asked.dimension_value,
        created.opportunity_key,
        cast(created.created_on as timestamp) as known_since,
        created.first_owner_key as owner_key,
        created.first_team_key as team_key,
        cast(null as string) as stage_label,
        cast(null as decimal(38, 10)) as probability,
        created.first_amount as amount,
        created.currency_code,
        created.first_amount_base as amount_base
    from asked
    inner join created
        on
            asked.period_start <= created.created_on
            and asked.period_end > created.created_on
    where asked.kpi_id in ('pipeline_created_count', 'pipeline_created')
),

all_rows as (
    select * from open_deals
    union all
    select * from created_deals
),

behind as (
    select
        all_rows.*,
        case all_rows.kpi_id
            when 'open_pipeline' then all_rows.amount_base
            when 'pipeline_created' then all_rows.amount_base
            when 'weighted_pipeline'
                then {{ weighted_amount('all_rows.amount_base', 'all_rows.probability') }}
            else 1
        end as numerator
    from all_rows
    left join dimensions
        on
            all_rows.opportunity_key = dimensions.opportunity_key
            and all_rows.dimension = dimensions.dimension
    where
        all_rows.dimension_key = case all_rows.dimension
            when 'owner' then coalesce(all_rows.owner_key, 'unknown')
            when 'team' then coalesce(all_rows.team_key, 'unknown')
            else dimensions.dimension_key
        end
)

select
    behind.kpi_id,
    behind.period_grain,
    behind.period_start,
    behind.dimension,
    behind.dimension_key,
    behind.dimension_value,
    behind.opportunity_key,
    deals.opportunity_name,
    behind.known_since,
    behind.owner_key,
    behind.stage_label,
    behind.probability,
    behind.amount,
    behind.currency_code,
    behind.amount_base,
    cast(behind.numerator as decimal(38, 10)) as numerator,
    cast(null as decimal(38, 10)) as denominator,
    case
        when behind.numerator is null and behind.amount is null then 'no_amount'
        when behind.numerator is null and behind.amount_base is null then 'no_rate'
        when behind.numerator is null then 'no_probability'
    end as left_out_because,
    deals.hubspot_deal_id,
    deals.salesforce_opportunity_id,
    deals.pipedrive_deal_id
from behind
inner join deals on behind.opportunity_key = deals.opportunity_key
union all
select
    asked.kpi_id,
    asked.period_grain,
    asked.period_start,
    asked.dimension,
    asked.dimension_key,
    asked.dimension_value,
    all_deals.opportunity_key,
    all_deals.opportunity_name,
    all_deals.created_at as known_since,
    all_deals.owner_key,
    cast(null as string) as stage_label,
    cast(null as decimal(38, 10)) as probability,
    all_deals.amount,
    all_deals.currency_code,
    cast(null as decimal(18, 2)) as amount_base,
    cast(null as decimal(38, 10)) as numerator,
    cast(null as decimal(38, 10)) as denominator,
    all_deals.exclusion_reason as left_out_because,
    all_deals.hubspot_deal_id,
    all_deals.salesforce_opportunity_id,
    all_deals.pipedrive_deal_id
from asked
inner join all_deals
    on
        (
            asked.kpi_id in ('pipeline_created_count', 'pipeline_created')
            and asked.period_start <= all_deals.created_on
            and asked.period_end > all_deals.created_on
        )
        or (
            asked.kpi_id in ('open_pipeline_count', 'open_pipeline', 'weighted_pipeline')
            and asked.measured_at > all_deals.created_at
            and (not all_deals.is_closed or asked.measured_at <= all_deals.closed_at)
        )
where asked.dimension = 'total'
order by kpi_id, dimension_key, left_out_because, known_since, opportunity_key
