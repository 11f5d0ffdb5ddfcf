with owners as (
    select * from {{ ref('int_crm__owners') }}
),

owner_map as (
    select * from {{ ref('int_crm__owner_map') }}
),

mapped as (
    select
        owner_key,
        country_code,
        row_number() over (
            partition by owner_key
            order by valid_from desc nulls last, owner_email asc, country_code asc
        ) as recency
    from owner_map
    -- Addresses that no CRM knows, rows without a country, and what begins after the run.
    where
        owner_key is not null
        and country_code is not null
        and (valid_from is null or valid_from <= {{ as_of_date() }})
)

select
    owners.owner_key,
    owners.owner_name,
    owners.email,
    owners.team_key,
    owners.team_name,
    owners.is_active,
    owners.hubspot_owner_id,
    owners.salesforce_user_id,
    owners.pipedrive_user_id,
    owners.match_rule,
    -- The one place that says whose holidays an owner keeps.
    coalesce(mapped.country_code, {{ business_country() }}) as country_code
from owners
left join mapped on owners.owner_key = mapped.owner_key and mapped.recency = 1
