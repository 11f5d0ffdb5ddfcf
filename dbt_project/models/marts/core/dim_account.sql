with accounts as (
    select * from {{ ref('int_crm__accounts') }}
),

opportunities as (
    select * from {{ ref('int_crm__opportunities') }}
),

purchases as (
    select
        account_key,
        min(closed_on) as first_won_on,
        max(closed_on) as last_won_on,
        count(*) as won_count
    from opportunities
    where is_won and exclusion_reason is null
    group by account_key
)

select
    accounts.account_key,
    accounts.account_name,
    accounts.domain,
    accounts.country_code,
    accounts.city,
    accounts.industry,
    accounts.employee_count,
    accounts.size_band,
    accounts.owner_key,
    accounts.created_at,
    purchases.first_won_on,
    purchases.last_won_on,
    coalesce(purchases.won_count, 0) as won_count,
    accounts.source_system,
    accounts.hubspot_company_id,
    accounts.salesforce_account_id,
    accounts.pipedrive_organization_id,
    accounts.match_rule,
    accounts.match_confidence
from accounts
left join purchases on accounts.account_key = purchases.account_key
-- Deleted, merged-away and internal accounts: see excluded_records.
where accounts.exclusion_reason is null
