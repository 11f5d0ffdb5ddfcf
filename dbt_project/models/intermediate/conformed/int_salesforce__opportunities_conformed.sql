-- A table, not a view: several models read it, some of them several times.
{{ config(materialized='table') }}

with opportunities as (
    select * from {{ ref('stg_salesforce__opportunities') }}
),

stage_names as (
    select * from {{ ref('int_salesforce__stage_names_conformed') }}
),

org as (
    select max(default_currency_code) as currency_code
    from {{ ref('stg_salesforce__organizations') }}
),

contact_roles as (
    select
        opportunity_id,
        contact_id,
        row_number() over (
            partition by opportunity_id
            order by coalesce(is_primary, false) desc, opportunity_contact_role_id asc
        ) as choice
    from {{ ref('stg_salesforce__opportunity_contact_roles') }}
    where not _is_deleted
),

sources as (
    select * from {{ ref('lead_source_map') }}
    where source_system = 'salesforce'
),

types as (
    select * from {{ ref('deal_type_map') }}
    where source_system = 'salesforce'
),

categories as (
    select * from {{ ref('forecast_category_map') }}
    where source_system = 'salesforce'
)

select
    'salesforce' as source_system,
    opportunities.opportunity_id as vendor_id,
    opportunities._merged_into as merged_into_id,
    opportunities._is_deleted as is_deleted,
    case when opportunities._is_deleted then opportunities._deleted_at end as deleted_at,
    cast(null as string) as linked_salesforce_id,
    opportunities.opportunity_name,
    opportunities.account_id as vendor_account_id,
    coalesce(contact_roles.contact_id, opportunities.contact_id) as vendor_person_id,
    opportunities.owner_id as vendor_owner_id,
    'salesforce' as vendor_pipeline_id,
    coalesce(stage_names.vendor_stage_id, opportunities.stage_name) as vendor_stage_id,
    opportunities.amount,
    coalesce(opportunities.currency_code, org.currency_code, '{{ var("reporting_currency") }}')
        as currency_code,
    cast(cast(opportunities.probability_percent as double) / 100 as decimal(38, 10))
        as probability,
    opportunities.created_at,
    opportunities._changed_at as changed_at,
    opportunities.close_on as closed_on,
    coalesce(opportunities.is_closed, false) as is_closed,
    coalesce(opportunities.is_won, false) as is_won,
    categories.forecast_category,
    coalesce(types.deal_type, 'unknown') as deal_type,
    sources.lead_source,
    opportunities.campaign_id as vendor_campaign_id,
    cast(null as string) as campaign_name,
    opportunities.coupon_code,
    opportunities.loss_reason,
    -- Salesforce has no standard field for it.
    cast(null as string) as win_reason,
    opportunities.next_step
from opportunities
cross join org
left join stage_names on opportunities.stage_name = stage_names.stage_text
left join contact_roles
    on opportunities.opportunity_id = contact_roles.opportunity_id and contact_roles.choice = 1
left join sources on opportunities.lead_source = sources.vendor_value
left join types on opportunities.opportunity_type = types.vendor_value
left join categories on opportunities.forecast_category = categories.vendor_value
