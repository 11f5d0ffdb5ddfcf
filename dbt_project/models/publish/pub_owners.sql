with owners as (
    select * from {{ ref('dim_owner') }}
)

select
    owner_key,
    owner_name,
    team_key,
    team_name,
    is_active,
    hubspot_owner_id,
    salesforce_user_id,
    pipedrive_user_id,
    match_rule,
    country_code
from owners
