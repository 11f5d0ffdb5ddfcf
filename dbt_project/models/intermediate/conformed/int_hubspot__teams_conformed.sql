with teams as (
    select
        team_id,
        team_name
    from {{ ref('stg_hubspot__teams') }}
    where not _is_deleted
    union
    -- A portal may let us read its owners, with their teams, but not its list of teams.
    select
        team_id,
        team_name
    from {{ ref('stg_hubspot__owner_teams') }}
    where not _is_deleted
)

select
    'hubspot' as source_system,
    team_id as vendor_id,
    max(team_name) as team_name
from teams
where team_name is not null
group by team_id
