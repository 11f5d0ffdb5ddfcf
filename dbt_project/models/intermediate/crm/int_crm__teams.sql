with teams as (
    select * from {{ ref('int_hubspot__teams_conformed') }}
    union all
    select * from {{ ref('int_salesforce__teams_conformed') }}
)

select
    md5(concat_ws('|', 'team', lower(team_name))) as team_key,
    -- HubSpot's spelling, when the CRMs differ in capitals.
    coalesce(
        max(team_name) filter (where source_system = 'hubspot'), max(team_name)
    ) as team_name,
    min(vendor_id) filter (where source_system = 'hubspot') as hubspot_team_id,
    min(vendor_id) filter (where source_system = 'salesforce') as salesforce_role_id
from teams
group by lower(team_name)
