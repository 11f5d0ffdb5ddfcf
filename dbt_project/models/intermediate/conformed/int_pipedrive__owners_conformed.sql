with users as (
    select * from {{ ref('stg_pipedrive__users') }}
)

select
    'pipedrive' as source_system,
    user_id as vendor_id,
    user_name as owner_name,
    lower(email) as email,
    not _is_deleted and coalesce(is_active, true) as is_active,
    cast(null as string) as team_name
from users
