with owners as (
    select * from {{ ref('stg_hubspot__owners') }}
),

memberships as (
    select * from {{ ref('stg_hubspot__owner_teams') }}
    -- A team that the owner has left is no longer theirs.
    where not _is_deleted
),

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

-- A portal that does not let us read its owners still says who owns what: by id.
unlisted as (
    select distinct deals.owner_id
    from deals
    left join owners on deals.owner_id = owners.owner_id
    where deals.owner_id is not null and owners.owner_id is null
),

teams as (
    select
        owner_id,
        team_name,
        row_number() over (
            partition by owner_id order by coalesce(is_primary, false) desc, team_id asc
        ) as choice
    from memberships
)

select
    'hubspot' as source_system,
    owners.owner_id as vendor_id,
    concat_ws(' ', owners.first_name, owners.last_name) as owner_name,
    lower(owners.email) as email,
    not owners._is_deleted and not coalesce(owners.is_archived, false) as is_active,
    teams.team_name
from owners
left join teams on owners.owner_id = teams.owner_id and teams.choice = 1
union all
select
    'hubspot' as source_system,
    owner_id as vendor_id,
    cast(null as string) as owner_name,
    cast(null as string) as email,
    true as is_active,
    cast(null as string) as team_name
from unlisted
