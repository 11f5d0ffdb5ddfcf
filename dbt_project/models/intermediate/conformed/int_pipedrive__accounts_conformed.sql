with organizations as (
    select * from {{ ref('stg_pipedrive__organizations') }}
),

countries as (
    select * from {{ ref('country_map') }}
)

select
    'pipedrive' as source_system,
    organizations.organization_id as vendor_id,
    organizations._merged_into as merged_into_id,
    organizations._is_deleted as is_deleted,
    cast(null as string) as linked_salesforce_id,
    organizations.organization_name as account_name,
    {{ domain_of_url('organizations.website') }} as domain,
    organizations.tax_id,
    countries.country_code,
    organizations.city,
    {{ sentence_case("organizations.industry") }} as industry,
    organizations.employee_count,
    organizations.owner_id as vendor_owner_id,
    organizations.created_at
from organizations
left join countries on lower(organizations.country) = countries.country_text
