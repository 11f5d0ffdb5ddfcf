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

account_ids as (
    select * from {{ ref('int_crm__account_ids') }}
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

-- Who speaks first: the Salesforce contact, then its lead, then HubSpot, then Pipedrive; among
-- equals the oldest.
ranked as (
    select
        person_ids.record_key,
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
        account_ids.account_key,
        owner_ids.owner_key,
        coalesce(campaigns.campaign_key, campaign_names.campaign_key) as campaign_key,
        row_number() over (
            partition by person_ids.record_key, conformed.source_system, conformed.record_type
            order by conformed.created_at asc nulls last, conformed.vendor_id asc
        ) as choice
    from conformed
    inner join person_ids
        on
            conformed.source_system = person_ids.source_system
            and conformed.record_type = person_ids.record_type
            and conformed.vendor_id = person_ids.vendor_id
    left join account_ids
        on
            conformed.source_system = account_ids.source_system
            and conformed.vendor_account_id = account_ids.vendor_id
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

hubspot as (
    select * from ranked
    where source_system = 'hubspot' and choice = 1
),

contacts as (
    select * from ranked
    where source_system = 'salesforce' and record_type = 'contact' and choice = 1
),

leads as (
    select * from ranked
    where source_system = 'salesforce' and record_type = 'lead' and choice = 1
),

pipedrive as (
    select * from ranked
    where source_system = 'pipedrive' and choice = 1
),

keys as (
    select
        record_key,
        min(lead_at) as lead_at,
        min(marketing_qualified_at) as marketing_qualified_at,
        min(qualified_at) as qualified_at,
        min(created_at) as created_at,
        -- Of several matches the least certain one speaks for the whole.
        min_by(match_rule, match_confidence) filter (
            where choice = 1 and match_confidence is not null
        ) as match_rule,
        min(match_confidence) filter (where choice = 1) as match_confidence
    from ranked
    group by record_key
),

people as (
    select
        keys.record_key as person_key,
        coalesce(
            contacts.account_key, leads.account_key, hubspot.account_key, pipedrive.account_key
        ) as account_key,
        coalesce(contacts.full_name, leads.full_name, hubspot.full_name, pipedrive.full_name)
            as full_name,
        coalesce(contacts.email, leads.email, hubspot.email, pipedrive.email) as email,
        coalesce(contacts.phone, leads.phone, hubspot.phone, pipedrive.phone) as phone,
        coalesce(contacts.job_title, leads.job_title, hubspot.job_title, pipedrive.job_title)
            as job_title,
        coalesce(contacts.owner_key, leads.owner_key, hubspot.owner_key, pipedrive.owner_key)
            as owner_key,
        keys.created_at,
        keys.lead_at,
        keys.marketing_qualified_at,
        keys.qualified_at,
        coalesce(
            contacts.lead_source, leads.lead_source, hubspot.lead_source, pipedrive.lead_source
        ) as lead_source,
        coalesce(
            contacts.campaign_key, leads.campaign_key, hubspot.campaign_key, pipedrive.campaign_key
        ) as campaign_key,
        hubspot.vendor_id as hubspot_contact_id,
        contacts.vendor_id as salesforce_contact_id,
        leads.vendor_id as salesforce_lead_id,
        pipedrive.vendor_id as pipedrive_person_id,
        keys.match_rule,
        keys.match_confidence,
        coalesce(
            contacts.merged_into_id,
            leads.merged_into_id,
            hubspot.merged_into_id,
            pipedrive.merged_into_id
        ) as merged_into_id,
        coalesce(
            contacts.is_deleted, leads.is_deleted, hubspot.is_deleted, pipedrive.is_deleted
        ) as is_deleted
    from keys
    left join hubspot on keys.record_key = hubspot.record_key
    left join contacts on keys.record_key = contacts.record_key
    left join leads on keys.record_key = leads.record_key
    left join pipedrive on keys.record_key = pipedrive.record_key
)

select
    people.person_key,
    people.account_key,
    people.full_name,
    people.email,
    people.phone,
    people.job_title,
    people.owner_key,
    people.created_at,
    people.lead_at,
    people.marketing_qualified_at,
    people.qualified_at,
    people.lead_source,
    people.campaign_key,
    {{ crm_name({
        'salesforce': 'coalesce(people.salesforce_contact_id, people.salesforce_lead_id)',
        'hubspot': 'people.hubspot_contact_id',
        'pipedrive': 'people.pipedrive_person_id',
    }) }} as source_system,
    people.hubspot_contact_id,
    people.salesforce_contact_id,
    people.salesforce_lead_id,
    people.pipedrive_person_id,
    coalesce(people.match_rule, 'single') as match_rule,
    people.match_confidence,
    case
        when people.merged_into_id is not null and people.is_deleted then 'merged'
        when people.is_deleted then 'deleted'
        when internal_domains.domain is not null or accounts.exclusion_reason = 'test' then 'test'
    end as exclusion_reason
from people
left join accounts on people.account_key = accounts.account_key
left join internal_domains on {{ domain_of_email('people.email') }} = internal_domains.domain
