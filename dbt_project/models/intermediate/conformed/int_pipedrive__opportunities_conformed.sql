-- A table, not a view: several models read it, some of them several times.
{{ config(materialized='table') }}

with deals as (
    select * from {{ ref('stg_pipedrive__deals') }}
),

stages as (
    select * from {{ ref('stg_pipedrive__stages') }}
),

options as (
    select
        choices.option_id,
        min(choices.option_label) as option_label
    from {{ ref('stg_pipedrive__field_options') }} as choices
    inner join {{ ref('stg_pipedrive__fields') }} as known_fields
        on
            choices.object_type = known_fields.object_type
            and choices.field_code = known_fields.field_code
            and known_fields.is_custom_field
    where
        choices.object_type = 'deals'
        and lower(known_fields.field_name) = lower('{{ var("pipedrive_deal_type_field") }}')
    group by choices.option_id
),

types as (
    select * from {{ ref('deal_type_map') }}
    where source_system = 'pipedrive'
)

select
    'pipedrive' as source_system,
    deals.deal_id as vendor_id,
    deals._merged_into as merged_into_id,
    deals._is_deleted as is_deleted,
    case when deals._is_deleted then deals._deleted_at end as deleted_at,
    cast(null as string) as linked_salesforce_id,
    deals.deal_title as opportunity_name,
    deals.organization_id as vendor_account_id,
    deals.person_id as vendor_person_id,
    deals.owner_id as vendor_owner_id,
    deals.pipeline_id as vendor_pipeline_id,
    case
        when deals.status in ('won', 'lost')
            then concat_ws(':', deals.pipeline_id, deals.status)
        else deals.stage_id
    end as vendor_stage_id,
    deals.amount,
    coalesce(deals.currency_code, '{{ var("reporting_currency") }}') as currency_code,
    case
        when deals.status = 'won' then cast(1 as decimal(38, 10))
        when deals.status = 'lost' then cast(0 as decimal(38, 10))
        else cast(
            cast(coalesce(deals.probability_percent, stages.probability_percent) as double) / 100
            as decimal(38, 10)
        )
    end as probability,
    deals.created_at,
    deals._changed_at as changed_at,
    case
        when deals.status = 'won' then {{ to_business_date('deals.won_at') }}
        when deals.status = 'lost' then {{ to_business_date('deals.lost_at') }}
        else deals.expected_close_on
    end as closed_on,
    coalesce(deals.status in ('won', 'lost'), false) as is_closed,
    coalesce(deals.status = 'won', false) as is_won,
    cast(null as string) as forecast_category,
    coalesce(types.deal_type, 'unknown') as deal_type,
    cast(null as string) as lead_source,
    cast(null as string) as vendor_campaign_id,
    cast(null as string) as campaign_name,
    cast(null as string) as coupon_code,
    deals.lost_reason as loss_reason,
    -- Pipedrive asks only why a deal was lost.
    cast(null as string) as win_reason,
    cast(null as string) as next_step
from deals
left join stages on deals.stage_id = stages.stage_id
left join options on deals.deal_type_option_id = options.option_id
left join types on options.option_label = types.vendor_value
