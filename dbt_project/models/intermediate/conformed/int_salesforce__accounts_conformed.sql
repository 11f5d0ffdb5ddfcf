with accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
),

countries as (
    select * from {{ ref('country_map') }}
)

select
    'salesforce' as source_system,
    accounts.account_id as vendor_id,
    coalesce(accounts._merged_into, accounts.master_record_id) as merged_into_id,
    accounts._is_deleted as is_deleted,
    cast(null as string) as linked_salesforce_id,
    accounts.account_name,
    {{ domain_of_url('accounts.website') }} as domain,
    accounts.tax_id,
    countries.country_code,
    accounts.billing_city as city,
    {{ sentence_case("accounts.industry") }} as industry,
    accounts.employee_count,
    accounts.owner_id as vendor_owner_id,
    accounts.created_at
from accounts
left join countries on lower(accounts.billing_country) = countries.country_text
