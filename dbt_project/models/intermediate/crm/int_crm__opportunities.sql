with conformed as (
    select * from {{ ref('int_hubspot__opportunities_conformed') }}
    union all
    select * from {{ ref('int_salesforce__opportunities_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__opportunities_conformed') }}
),

opportunity_ids as (
    select * from {{ ref('int_crm__opportunity_ids') }}
),

versions as (
    select * from {{ ref('int_crm__opportunity_versions') }}
),

stage_changes as (
    select * from {{ ref('int_crm__stage_changes') }}
),

accounts as (
    select * from {{ ref('int_crm__accounts') }}
),

people as (
    select * from {{ ref('int_crm__people') }}
),

account_ids as (
    select * from {{ ref('int_crm__account_ids') }}
),

person_ids as (
    select
        source_system,
        vendor_id,
        person_key
    from {{ ref('int_crm__person_ids') }}
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
),

campaigns as (
    select * from {{ ref('int_crm__campaigns') }}
),

campaign_names as (
    select * from {{ ref('int_crm__campaign_names') }}
),

duplicate_loss_reasons as (
    select * from {{ ref('duplicate_loss_reasons') }}
),

deals as (
    select
        opportunity_ids.record_key,
        conformed.source_system,
        conformed.vendor_id,
        conformed.merged_into_id,
        conformed.is_deleted,
        conformed.opportunity_name,
        conformed.vendor_account_id,
        conformed.vendor_person_id,
        conformed.vendor_owner_id,
        conformed.vendor_pipeline_id,
        conformed.vendor_stage_id,
        conformed.amount,
        conformed.currency_code,
        conformed.probability,
        conformed.created_at,
        conformed.closed_on,
        conformed.is_closed,
        conformed.is_won,
        conformed.forecast_category,
        conformed.deal_type,
        conformed.lead_source,
        conformed.vendor_campaign_id,
        conformed.campaign_name,
        conformed.coupon_code,
        conformed.loss_reason,
        conformed.next_step
    from conformed
    inner join opportunity_ids
        on
            conformed.source_system = opportunity_ids.source_system
            and conformed.vendor_id = opportunity_ids.vendor_id
    where opportunity_ids.is_leading
),

-- The same deal in the other CRMs.
copies as (
    select
        record_key,
        max(case when source_system = 'salesforce' then vendor_id end) as salesforce_opportunity_id,
        max(case when source_system = 'hubspot' then vendor_id end) as hubspot_deal_id,
        max(case when source_system = 'pipedrive' then vendor_id end) as pipedrive_deal_id,
        -- Of several matches the least certain one speaks for the whole.
        min_by(match_rule, match_confidence) as match_rule,
        min(match_confidence) as match_confidence
    from opportunity_ids
    where not is_leading and copy_number = 1
    group by record_key
),

-- The present stage was entered at the last change of stage.
last_entries as (
    select
        opportunity_key,
        max(changed_at) as entered_at
    from stage_changes
    group by opportunity_key
),

closings as (
    select
        deals.record_key,
        coalesce(last_entries.entered_at, deals.created_at) as closed_at
    from deals
    left join last_entries on deals.record_key = last_entries.opportunity_key
    where deals.is_closed
),

owners_at_close as (
    select
        closings.record_key,
        versions.owner_key
    from closings
    inner join versions
        on
            closings.record_key = versions.opportunity_key
            and closings.closed_at >= versions.valid_from
            and (versions.valid_to is null or closings.closed_at < versions.valid_to)
)

select
    deals.record_key as opportunity_key,
    deals.opportunity_name,
    account_ids.account_key,
    person_ids.person_key,
    owner_ids.owner_key,
    owners_at_close.owner_key as owner_key_at_close,
    {{ vendor_key('pipeline', 'deals.source_system', 'deals.vendor_pipeline_id') }}
        as pipeline_key,
    {{ stage_key('deals.source_system', 'deals.vendor_pipeline_id', 'deals.vendor_stage_id') }}
        as stage_key,
    deals.amount,
    deals.currency_code,
    deals.probability,
    deals.created_at,
    {{ to_business_date('deals.created_at') }} as created_on,
    deals.closed_on,
    closings.closed_at,
    deals.is_closed,
    deals.is_closed and deals.is_won as is_won,
    deals.is_closed and not deals.is_won as is_lost,
    deals.forecast_category,
    deals.deal_type,
    deals.lead_source,
    coalesce(campaigns.campaign_key, campaign_names.campaign_key) as campaign_key,
    deals.coupon_code,
    deals.loss_reason,
    deals.next_step,
    case when copies.record_key is not null then 'several' else deals.source_system end
        as source_system,
    case when deals.source_system = 'hubspot' then deals.vendor_id else copies.hubspot_deal_id end
        as hubspot_deal_id,
    case
        when deals.source_system = 'salesforce' then deals.vendor_id
        else copies.salesforce_opportunity_id
    end as salesforce_opportunity_id,
    case
        when deals.source_system = 'pipedrive' then deals.vendor_id else copies.pipedrive_deal_id
    end as pipedrive_deal_id,
    coalesce(copies.match_rule, 'single') as match_rule,
    copies.match_confidence,
    case
        when deals.merged_into_id is not null and deals.is_deleted then 'merged'
        when deals.is_deleted then 'deleted'
        when accounts.exclusion_reason = 'test' or people.exclusion_reason = 'test' then 'test'
        when
            deals.is_closed
            and not deals.is_won
            and duplicate_loss_reasons.loss_reason is not null
            then 'duplicate_loss'
    end as exclusion_reason
from deals
left join copies on deals.record_key = copies.record_key
left join closings on deals.record_key = closings.record_key
left join owners_at_close on deals.record_key = owners_at_close.record_key
left join account_ids
    on
        deals.source_system = account_ids.source_system
        and deals.vendor_account_id = account_ids.vendor_id
left join accounts on account_ids.account_key = accounts.account_key
left join person_ids
    on
        deals.source_system = person_ids.source_system
        and deals.vendor_person_id = person_ids.vendor_id
left join people on person_ids.person_key = people.person_key
left join owner_ids
    on
        deals.source_system = owner_ids.source_system
        and deals.vendor_owner_id = owner_ids.vendor_id
left join campaigns
    on
        campaigns.campaign_key
        = {{ vendor_key('campaign', 'deals.source_system', 'deals.vendor_campaign_id') }}
left join campaign_names on lower(deals.campaign_name) = campaign_names.campaign_name
left join duplicate_loss_reasons
    on lower(deals.loss_reason) = duplicate_loss_reasons.loss_reason
