with conformed as (
    select * from {{ ref('int_hubspot__owners_conformed') }}
    union all
    select * from {{ ref('int_salesforce__owners_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__owners_conformed') }}
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
),

-- Somebody who left and came back has two ids in one CRM: the active one speaks.
ranked as (
    select
        owner_ids.owner_key,
        conformed.source_system,
        conformed.vendor_id,
        conformed.owner_name,
        conformed.email,
        conformed.is_active,
        conformed.team_name,
        row_number() over (
            partition by owner_ids.owner_key, conformed.source_system
            order by conformed.is_active desc, conformed.vendor_id asc
        ) as choice
    from conformed
    inner join owner_ids
        on
            conformed.source_system = owner_ids.source_system
            and conformed.vendor_id = owner_ids.vendor_id
),

hubspot as (
    select * from ranked
    where source_system = 'hubspot' and choice = 1
),

salesforce as (
    select * from ranked
    where source_system = 'salesforce' and choice = 1
),

pipedrive as (
    select * from ranked
    where source_system = 'pipedrive' and choice = 1
),

keys as (
    select distinct owner_key from ranked
),

owners as (
    select
        keys.owner_key,
        coalesce(
            nullif(hubspot.owner_name, ''),
            salesforce.owner_name,
            pipedrive.owner_name,
            hubspot.email,
            salesforce.email,
            pipedrive.email,
            hubspot.vendor_id,
            salesforce.vendor_id,
            pipedrive.vendor_id
        ) as owner_name,
        coalesce(hubspot.email, salesforce.email, pipedrive.email) as email,
        coalesce(hubspot.team_name, salesforce.team_name, pipedrive.team_name) as team_name,
        coalesce(hubspot.is_active, false)
        or coalesce(salesforce.is_active, false)
        or coalesce(pipedrive.is_active, false) as is_active,
        hubspot.vendor_id as hubspot_owner_id,
        salesforce.vendor_id as salesforce_user_id,
        pipedrive.vendor_id as pipedrive_user_id
    from keys
    left join hubspot on keys.owner_key = hubspot.owner_key
    left join salesforce on keys.owner_key = salesforce.owner_key
    left join pipedrive on keys.owner_key = pipedrive.owner_key
)

select
    owner_key,
    owner_name,
    email,
    case when team_name is not null then md5(concat_ws('|', 'team', lower(team_name))) end
        as team_key,
    team_name,
    is_active,
    hubspot_owner_id,
    salesforce_user_id,
    pipedrive_user_id,
    -- An owner without an address has a key of their own, in one CRM.
    case
        when {{ crm_count(['hubspot_owner_id', 'salesforce_user_id', 'pipedrive_user_id']) }} > 1
            then 'email'
        else 'single'
    end as match_rule
from owners
