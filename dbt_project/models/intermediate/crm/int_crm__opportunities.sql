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

stages as (
    select * from {{ ref('int_crm__stages') }}
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
        conformed.deleted_at,
        conformed.opportunity_name,
        conformed.vendor_account_id,
        conformed.vendor_person_id,
        conformed.vendor_pipeline_id,
        {{ stage_key(
            'conformed.source_system', 'conformed.vendor_pipeline_id', 'conformed.vendor_stage_id'
        ) }}
            as stage_key,
        conformed.currency_code,
        conformed.probability,
        conformed.created_at,
        conformed.is_closed,
        conformed.is_won,
        conformed.deal_type,
        conformed.lead_source,
        conformed.vendor_campaign_id,
        conformed.campaign_name,
        conformed.coupon_code,
        conformed.loss_reason,
        conformed.win_reason,
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

-- The last version is the deal as it was at the run's instant; its record may say by now what it
-- became later. For the same reason a deal that stood in another stage has that stage's outcome.
standing as (
    select
        opportunity_key,
        stage_key,
        is_closed,
        is_won,
        amount,
        close_on,
        owner_key,
        forecast_category,
        row_number() over (
            partition by opportunity_key order by valid_from desc nulls last
        ) as choice
    from versions
),

compared as (
    select
        deals.record_key,
        deals.created_at,
        deals.is_closed as is_closed_by_now,
        deals.is_won as is_won_by_now,
        deals.probability as probability_by_now,
        standing.stage_key,
        standing.is_closed,
        standing.is_won,
        standing.amount,
        standing.close_on,
        standing.owner_key,
        standing.forecast_category,
        coalesce(standing.stage_key, '') = coalesce(deals.stage_key, '') as is_as_recorded
    from deals
    inner join standing on deals.record_key = standing.opportunity_key
    where standing.choice = 1
),

outcomes as (
    select
        compared.record_key,
        compared.created_at,
        compared.stage_key,
        stages.pipeline_key,
        compared.amount,
        compared.close_on,
        compared.owner_key,
        compared.forecast_category,
        compared.is_as_recorded,
        case when compared.is_as_recorded then compared.is_closed_by_now else compared.is_closed end
            as is_closed,
        case when compared.is_as_recorded then compared.is_won_by_now else compared.is_won end
            as is_won,
        case
            when compared.is_as_recorded then compared.probability_by_now
            else stages.probability
        end as probability
    from compared
    left join stages on compared.stage_key = stages.stage_key
),

closings as (
    select
        outcomes.record_key,
        coalesce(last_entries.entered_at, outcomes.created_at) as closed_at
    from outcomes
    left join last_entries on outcomes.record_key = last_entries.opportunity_key
    where outcomes.is_closed
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
    outcomes.owner_key,
    owners_at_close.owner_key as owner_key_at_close,
    coalesce(
        outcomes.pipeline_key,
        {{ vendor_key('pipeline', 'deals.source_system', 'deals.vendor_pipeline_id') }}
    ) as pipeline_key,
    outcomes.stage_key,
    outcomes.amount,
    deals.currency_code,
    outcomes.probability,
    deals.created_at,
    {{ to_business_date('deals.created_at') }} as created_on,
    outcomes.close_on as closed_on,
    closings.closed_at,
    outcomes.is_closed,
    outcomes.is_closed and outcomes.is_won as is_won,
    outcomes.is_closed and not outcomes.is_won as is_lost,
    outcomes.forecast_category,
    deals.deal_type,
    deals.lead_source,
    coalesce(campaigns.campaign_key, campaign_names.campaign_key) as campaign_key,
    deals.coupon_code,
    -- A reason that a later loss was given is not yet known.
    case
        when outcomes.is_as_recorded or (outcomes.is_closed and not outcomes.is_won)
            then deals.loss_reason
    end as loss_reason,
    deals.win_reason,
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
            outcomes.is_closed
            and not outcomes.is_won
            and duplicate_loss_reasons.loss_reason is not null
            then 'duplicate_loss'
    end as exclusion_reason,
    -- Until then the pipeline had the deal. Null for what is left out of it all along.
    case
        when
            coalesce(accounts.exclusion_reason = 'test', false)
            or coalesce(people.exclusion_reason = 'test', false)
            then cast(null as timestamp)
        when deals.is_deleted then deals.deleted_at
    end as counted_until
from deals
inner join outcomes on deals.record_key = outcomes.record_key
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
left join campaigns
    on
        campaigns.campaign_key
        = {{ vendor_key('campaign', 'deals.source_system', 'deals.vendor_campaign_id') }}
left join campaign_names on lower(deals.campaign_name) = campaign_names.campaign_name
left join duplicate_loss_reasons
    on lower(deals.loss_reason) = duplicate_loss_reasons.loss_reason
