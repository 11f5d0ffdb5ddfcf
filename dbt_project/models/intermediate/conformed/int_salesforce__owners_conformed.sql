with users as (
    select * from {{ ref('stg_salesforce__users') }}
),

roles as (
    select * from {{ ref('stg_salesforce__user_roles') }}
),

opportunities as (
    select * from {{ ref('stg_salesforce__opportunities') }}
),

-- An org that does not let us read its users still says who owns what: by id.
unlisted as (
    select distinct opportunities.owner_id
    from opportunities
    left join users on opportunities.owner_id = users.user_id
    where opportunities.owner_id is not null and users.user_id is null
)

select
    'salesforce' as source_system,
    users.user_id as vendor_id,
    users.user_name as owner_name,
    lower(users.email) as email,
    coalesce(users.is_active, false) and not users._is_deleted as is_active,
    roles.role_name as team_name
from users
left join roles on users.user_role_id = roles.user_role_id
union all
select
    'salesforce' as source_system,
    owner_id as vendor_id,
    cast(null as string) as owner_name,
    cast(null as string) as email,
    true as is_active,
    cast(null as string) as team_name
from unlisted
