with accounts as (
    select * from {{ ref('dim_account') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    accounts.account_key,
    accounts.account_name,
    accounts.domain,
    accounts.country_code,
    accounts.city,
    accounts.industry,
    cast(accounts.employee_count as bigint) as employee_count,
    accounts.size_band,
    accounts.owner_key,
    owners.owner_name,
    accounts.created_at,
    accounts.first_won_on,
    accounts.last_won_on,
    accounts.won_count,
    accounts.source_system,
    accounts.hubspot_company_id,
    accounts.salesforce_account_id,
    accounts.pipedrive_organization_id,
    accounts.match_rule,
    accounts.match_confidence
from accounts
left join owners on accounts.owner_key = owners.owner_key
