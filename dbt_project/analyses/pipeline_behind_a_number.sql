-- From a KPI of the family `pipeline` to the deals behind it and to those that were left out. The
-- owner, team, stage and amount are those of the time, and happened_on is since when they were.
with asked as (
    {{ asked_number() }}
),

open_deals as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        versions.opportunity_key,
        {{ to_business_date('versions.valid_from') }} as happened_on,
        versions.owner_key,
        versions.team_key,
        deal_stages.probability,
        {{ to_base_currency('versions.amount', 'rates.rate_to_base') }} as amount_base
    from asked
    inner join {{ ref('fct_opportunity_versions') }} as versions
        on
            asked.measured_at > versions.valid_from
            and (versions.valid_to is null or asked.measured_at <= versions.valid_to)
    left join {{ ref('dim_stage') }} as deal_stages
        on versions.stage_key = deal_stages.stage_key
    left join {{ ref('dim_currency_rate') }} as rates
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
        asked.dimension,
        asked.dimension_key,
        created.opportunity_key,
        created.created_on as happened_on,
        created.first_owner_key as owner_key,
        created.first_team_key as team_key,
        cast(null as decimal(38, 10)) as probability,
        created.first_amount_base as amount_base
    from asked
    inner join {{ ref('fct_pipeline_created') }} as created
        on
            asked.period_start <= created.created_on
            and asked.period_end > created.created_on
    where asked.kpi_id in ('pipeline_created_count', 'pipeline_created')
),

all_deals as (
    select * from open_deals
    union all
    select * from created_deals
),

measured as (
    select
        all_deals.kpi_id,
        all_deals.dimension,
        all_deals.dimension_key,
        'opportunity' as record_kind,
        all_deals.opportunity_key as record_key,
        all_deals.happened_on,
        all_deals.amount_base,
        case
            when all_deals.kpi_id in ('open_pipeline_count', 'pipeline_created_count') then 1
            when all_deals.kpi_id = 'weighted_pipeline'
                then {{ weighted_amount('all_deals.amount_base', 'all_deals.probability') }}
            else all_deals.amount_base
        end as numerator,
        cast(null as integer) as denominator
    from all_deals
    left join {{ ref('bridge_opportunity_dimension') }} as dimensions
        on
            all_deals.opportunity_key = dimensions.opportunity_key
            and all_deals.dimension = dimensions.dimension
    where
        all_deals.dimension_key = case all_deals.dimension
            when 'owner' then coalesce(all_deals.owner_key, 'unknown')
            when 'team' then coalesce(all_deals.team_key, 'unknown')
            else dimensions.dimension_key
        end
),

deal_rows as (
    select
        *,
        case
            when numerator is null and amount_base is null then 'no_amount_or_rate'
            when numerator is null then 'no_probability'
        end as reason
    from measured
),

left_out as (
    {{ left_out_rows(
        'pipeline', 'opportunity', 'int_crm__opportunities', 'opportunity_key',
        'records.created_on',
        "asked.kpi_id like 'pipeline_created%'"
    ) }}
    union all
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.created_on as happened_on,
        cast(null as integer) as numerator,
        cast(null as integer) as denominator,
        deals.exclusion_reason as reason
    from asked
    inner join {{ ref('int_crm__opportunities') }} as deals
        on
            asked.measured_at > deals.created_at
            and (not deals.is_closed or asked.measured_at <= deals.closed_at)
    where
        asked.dimension = 'total'
        and asked.kpi_id not like 'pipeline_created%'
        and deals.exclusion_reason is not null
)

{{ rows_behind(['deal_rows', 'left_out']) }}
