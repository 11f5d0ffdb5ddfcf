-- Salesforce speaks first, then HubSpot, then Pipedrive; among equals the oldest.
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

records as (
    select
        account_ids.record_key,
        account_ids.record_number,
        account_ids.is_leading,
        account_ids.copy_number,
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
        owner_ids.owner_key
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

{{ copies_of_records(
    [
        'account_name', 'domain', 'country_code', 'city', 'industry', 'employee_count',
        'owner_key', 'merged_into_id',
    ],
    ['created_at'],
    {
        'hubspot_company_id': "source_system = 'hubspot'",
        'salesforce_account_id': "source_system = 'salesforce'",
        'pipedrive_organization_id': "source_system = 'pipedrive'",
    },
) }}

select
    led.record_key as account_key,
    led.account_name,
    led.domain,
    led.country_code,
    led.city,
    led.industry,
    led.employee_count,
    case
        when led.employee_count is null then 'unknown'
        when led.employee_count < 50 then '1-49'
        when led.employee_count < 250 then '50-249'
        when led.employee_count < 1000 then '250-999'
        else '1000+'
    end as size_band,
    led.owner_key,
    led.created_at,
    {{ crm_name({
        'salesforce': 'led.salesforce_account_id',
        'hubspot': 'led.hubspot_company_id',
        'pipedrive': 'led.pipedrive_organization_id',
    }) }} as source_system,
    led.hubspot_company_id,
    led.salesforce_account_id,
    led.pipedrive_organization_id,
    led.match_rule,
    led.match_confidence,
    case
        when led.merged_into_id is not null and led.is_deleted then 'merged'
        when led.is_deleted then 'deleted'
        when internal_domains.domain is not null then 'test'
    end as exclusion_reason
from led
left join internal_domains on led.domain = internal_domains.domain
