-- The Salesforce contact speaks first, then its lead, then the other CRMs; among equals the oldest.
with conformed as (
    select * from {{ ref('int_hubspot__people_conformed') }}
    union all
    select * from {{ ref('int_salesforce__people_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__people_conformed') }}
),

person_ids as (
    select * from {{ ref('int_crm__person_ids') }}
),

accounts as (
    select * from {{ ref('int_crm__accounts') }}
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

internal_domains as (
    select * from {{ ref('internal_domains') }}
),

records as (
    select
        person_ids.record_key,
        person_ids.account_key,
        person_ids.record_number,
        person_ids.is_leading,
        person_ids.copy_number,
        person_ids.match_rule,
        person_ids.match_confidence,
        conformed.source_system,
        conformed.record_type,
        conformed.vendor_id,
        conformed.merged_into_id,
        conformed.is_deleted,
        conformed.full_name,
        conformed.email,
        conformed.phone,
        conformed.job_title,
        conformed.created_at,
        -- What the person became later nobody knew by then.
        case when {{ existed('conformed.lead_at') }} then conformed.lead_at end as lead_at,
        case
            when {{ existed('conformed.marketing_qualified_at') }}
                then conformed.marketing_qualified_at
        end as marketing_qualified_at,
        case when {{ existed('conformed.qualified_at') }} then conformed.qualified_at end
            as qualified_at,
        conformed.lead_source,
        owner_ids.owner_key,
        coalesce(campaigns.campaign_key, campaign_names.campaign_key) as campaign_key
    from conformed
    inner join person_ids
        on
            conformed.source_system = person_ids.source_system
            and conformed.vendor_id = person_ids.vendor_id
    left join owner_ids
        on
            conformed.source_system = owner_ids.source_system
            and conformed.vendor_owner_id = owner_ids.vendor_id
    left join campaigns
        on
            campaigns.campaign_key
            = {{ vendor_key(
                'campaign', 'conformed.source_system', 'conformed.vendor_campaign_id'
            ) }}
    left join campaign_names on lower(conformed.campaign_name) = campaign_names.campaign_name
),

{{ copies_of_records(
    [
        'account_key', 'full_name', 'email', 'phone', 'job_title', 'owner_key', 'lead_source',
        'campaign_key', 'merged_into_id',
    ],
    ['created_at', 'lead_at', 'marketing_qualified_at', 'qualified_at'],
    {
        'hubspot_contact_id': "source_system = 'hubspot'",
        'salesforce_contact_id': "source_system = 'salesforce' and record_type = 'contact'",
        'salesforce_lead_id': "source_system = 'salesforce' and record_type = 'lead'",
        'pipedrive_person_id': "source_system = 'pipedrive'",
    },
) }}

select
    led.record_key as person_key,
    led.account_key,
    led.full_name,
    led.email,
    led.phone,
    led.job_title,
    led.owner_key,
    led.created_at,
    led.lead_at,
    led.marketing_qualified_at,
    led.qualified_at,
    led.lead_source,
    led.campaign_key,
    {{ crm_name({
        'salesforce': 'coalesce(led.salesforce_contact_id, led.salesforce_lead_id)',
        'hubspot': 'led.hubspot_contact_id',
        'pipedrive': 'led.pipedrive_person_id',
    }) }} as source_system,
    led.hubspot_contact_id,
    led.salesforce_contact_id,
    led.salesforce_lead_id,
    led.pipedrive_person_id,
    led.match_rule,
    led.match_confidence,
    case
        when led.merged_into_id is not null and led.is_deleted then 'merged'
        when led.is_deleted then 'deleted'
        when internal_domains.domain is not null or accounts.exclusion_reason = 'test' then 'test'
    end as exclusion_reason
from led
left join accounts on led.account_key = accounts.account_key
left join internal_domains on split_part(lower(led.email), '@', 2) = internal_domains.domain
