-- A table, not a view: several models read it, some of them several times.
{{ config(materialized='table') }}

with deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

stages as (
    select * from {{ ref('int_hubspot__stages_conformed') }}
),

portal as (
    select max(company_currency_code) as currency_code from {{ ref('stg_hubspot__account_info') }}
),

associations as (
    select * from {{ ref('stg_hubspot__associations') }}
    where from_type = 'deals' and not _is_deleted
),

companies as (
    select
        from_id as deal_id,
        to_id as company_id,
        row_number() over (
            partition by from_id
            order by case when association_type_id = 5 then 0 else 1 end, to_id
        ) as choice
    from associations
    where to_type = 'companies'
),

-- HubSpot has no primary contact of a deal: the lowest id stands for all, always the same one.
contacts as (
    select
        from_id as deal_id,
        min(to_id) as contact_id
    from associations
    where to_type = 'contacts'
    group by from_id
),

sources as (
    select * from {{ ref('lead_source_map') }}
    where source_system = 'hubspot'
),

types as (
    select * from {{ ref('deal_type_map') }}
    where source_system = 'hubspot'
),

categories as (
    select * from {{ ref('forecast_category_map') }}
    where source_system = 'hubspot'
)

select
    'hubspot' as source_system,
    deals.deal_id as vendor_id,
    deals._merged_into as merged_into_id,
    deals._is_deleted as is_deleted,
    case when deals._is_deleted then deals._deleted_at end as deleted_at,
    deals.salesforce_opportunity_id as linked_salesforce_id,
    deals.deal_name as opportunity_name,
    companies.company_id as vendor_account_id,
    contacts.contact_id as vendor_person_id,
    deals.owner_id as vendor_owner_id,
    deals.pipeline_id as vendor_pipeline_id,
    deals.stage_id as vendor_stage_id,
    deals.amount,
    coalesce(deals.currency_code, portal.currency_code, '{{ var("reporting_currency") }}')
        as currency_code,
    coalesce(deals.stage_probability, stages.probability) as probability,
    deals.created_at,
    deals._changed_at as changed_at,
    {{ to_business_date('deals.close_at') }} as closed_on,
    coalesce(deals.is_closed, stages.is_closed, false) as is_closed,
    coalesce(deals.is_closed_won, stages.is_won, false) as is_won,
    categories.forecast_category,
    coalesce(types.deal_type, 'unknown') as deal_type,
    sources.lead_source,
    cast(null as string) as vendor_campaign_id,
    deals.analytics_source_detail as campaign_name,
    deals.coupon_code,
    deals.closed_lost_reason as loss_reason,
    deals.closed_won_reason as win_reason,
    deals.next_step
from deals
cross join portal
left join stages
    on deals.pipeline_id = stages.vendor_pipeline_id and deals.stage_id = stages.vendor_stage_id
left join companies on deals.deal_id = companies.deal_id and companies.choice = 1
left join contacts on deals.deal_id = contacts.deal_id
left join sources on deals.analytics_source = sources.vendor_value
left join types on deals.deal_type = types.vendor_value
left join categories on deals.forecast_category = categories.vendor_value
