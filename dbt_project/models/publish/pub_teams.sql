with teams as (
    select * from {{ ref('dim_team') }}
)

select
    team_key,
    team_name,
    hubspot_team_id,
    salesforce_role_id
from teams
