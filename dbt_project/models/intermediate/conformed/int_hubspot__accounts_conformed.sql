with companies as (
    select * from {{ ref('stg_hubspot__companies') }}
),

countries as (
    select * from {{ ref('country_map') }}
)

select
    'hubspot' as source_system,
    companies.company_id as vendor_id,
    companies._merged_into as merged_into_id,
    companies._is_deleted as is_deleted,
    companies.salesforce_account_id as linked_salesforce_id,
    companies.company_name as account_name,
    coalesce(
        {{ domain_of_url('companies.domain') }}, {{ domain_of_url('companies.website') }}
    ) as domain,
    companies.tax_id,
    countries.country_code,
    companies.city,
    {{ sentence_case("companies.industry") }} as industry,
    companies.employee_count,
    companies.owner_id as vendor_owner_id,
    companies.created_at
from companies
left join countries on lower(companies.country) = countries.country_text
