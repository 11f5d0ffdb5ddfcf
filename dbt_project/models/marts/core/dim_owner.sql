with owners as (
    select * from {{ ref('int_crm__owners') }}
)

select
    owner_key,
    owner_name,
    email,
    team_key,
    team_name,
    is_active,
    hubspot_owner_id,
    salesforce_user_id,
    pipedrive_user_id,
    match_rule,
    -- The one place that says whose holidays an owner keeps.
    {{ business_country() }} as country_code
from owners
