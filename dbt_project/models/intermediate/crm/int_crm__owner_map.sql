with mapped as (
    select * from {{ ref('int_spreadsheets__owner_map_conformed') }}
),

owners as (
    select
        owner_key,
        email
    from {{ ref('int_crm__owners') }}
)

select
    -- Null where no CRM knows the address.
    owners.owner_key,
    mapped.owner_email,
    mapped.team_name,
    mapped.country_code,
    mapped.valid_from
from mapped
left join owners on mapped.owner_email = owners.email
