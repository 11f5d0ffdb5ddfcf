with conformed as (
    select * from {{ ref('int_hubspot__accounts_conformed') }}
    union all
    select * from {{ ref('int_salesforce__accounts_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__accounts_conformed') }}
),

account_ids as (
    select * from {{ ref('int_crm__account_ids') }}
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
),

internal_domains as (
    select * from {{ ref('internal_domains') }}
),

-- Several HubSpot companies may be linked to one account: the oldest speaks for them.
ranked as (
    select
        account_ids.record_key,
        account_ids.match_rule,
        account_ids.match_confidence,
        conformed.source_system,
        conformed.vendor_id,
        conformed.merged_into_id,
        conformed.is_deleted,
        conformed.account_name,
        conformed.domain,
        conformed.country_code,
        conformed.city,
        conformed.industry,
        conformed.employee_count,
        conformed.created_at,
        owner_ids.owner_key,
        row_number() over (
            partition by account_ids.record_key, conformed.source_system
            order by conformed.created_at asc nulls last, conformed.vendor_id asc
        ) as choice
    from conformed
    inner join account_ids
        on
            conformed.source_system = account_ids.source_system
            and conformed.vendor_id = account_ids.vendor_id
    left join owner_ids
        on
            conformed.source_system = owner_ids.source_system
            and conformed.vendor_owner_id = owner_ids.vendor_id
),

hubspot as (
    select * from ranked
    where source_system = 'hubspot' and choice = 1
),

salesforce as (
    select * from ranked
    where source_system = 'salesforce' and choice = 1
),

pipedrive as (
    select * from ranked
    where source_system = 'pipedrive' and choice = 1
),

keys as (
    select
        record_key,
        min(created_at) as created_at,
        -- Of several matches the least certain one speaks for the whole.
        min_by(match_rule, match_confidence) filter (where match_confidence is not null)
            as match_rule,
        min(match_confidence) as match_confidence
    from ranked
    where choice = 1
    group by record_key
),

-- Salesforce speaks first, then HubSpot, then Pipedrive.
accounts as (
    select
        keys.record_key as account_key,
        coalesce(salesforce.account_name, hubspot.account_name, pipedrive.account_name)
            as account_name,
        coalesce(salesforce.domain, hubspot.domain, pipedrive.domain) as domain,
        coalesce(salesforce.country_code, hubspot.country_code, pipedrive.country_code)
            as country_code,
        coalesce(salesforce.city, hubspot.city, pipedrive.city) as city,
        coalesce(salesforce.industry, hubspot.industry, pipedrive.industry) as industry,
        coalesce(salesforce.employee_count, hubspot.employee_count, pipedrive.employee_count)
            as employee_count,
        coalesce(salesforce.owner_key, hubspot.owner_key, pipedrive.owner_key) as owner_key,
        keys.created_at,
        hubspot.vendor_id as hubspot_company_id,
        salesforce.vendor_id as salesforce_account_id,
        pipedrive.vendor_id as pipedrive_organization_id,
        keys.match_rule,
        keys.match_confidence,
        coalesce(salesforce.merged_into_id, hubspot.merged_into_id, pipedrive.merged_into_id)
            as merged_into_id,
        coalesce(salesforce.is_deleted, hubspot.is_deleted, pipedrive.is_deleted) as is_deleted
    from keys
    left join salesforce on keys.record_key = salesforce.record_key
    left join hubspot on keys.record_key = hubspot.record_key
    left join pipedrive on keys.record_key = pipedrive.record_key
)

select
    accounts.account_key,
    accounts.account_name,
    accounts.domain,
    accounts.country_code,
    accounts.city,
    accounts.industry,
    accounts.employee_count,
    case
        when accounts.employee_count is null then 'unknown'
        when accounts.employee_count < 50 then '1-49'
        when accounts.employee_count < 250 then '50-249'
        when accounts.employee_count < 1000 then '250-999'
        else '1000+'
    end as size_band,
    accounts.owner_key,
    accounts.created_at,
    {{ crm_name({
        'salesforce': 'accounts.salesforce_account_id',
        'hubspot': 'accounts.hubspot_company_id',
        'pipedrive': 'accounts.pipedrive_organization_id',
    }) }} as source_system,
    accounts.hubspot_company_id,
    accounts.salesforce_account_id,
    accounts.pipedrive_organization_id,
    coalesce(accounts.match_rule, 'single') as match_rule,
    accounts.match_confidence,
    case
        when accounts.merged_into_id is not null and accounts.is_deleted then 'merged'
        when accounts.is_deleted then 'deleted'
        when internal_domains.domain is not null then 'test'
    end as exclusion_reason
from accounts
left join internal_domains on accounts.domain = internal_domains.domain
