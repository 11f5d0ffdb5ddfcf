with owners as (
    select * from {{ ref('int_hubspot__owners_conformed') }}
    union all
    select * from {{ ref('int_salesforce__owners_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__owners_conformed') }}
)

select
    source_system,
    vendor_id,
    -- One person, one address; an owner without one is known by the id alone.
    case
        when email is not null then md5(concat_ws('|', 'owner', email))
        else {{ vendor_key('owner', 'source_system', 'vendor_id') }}
    end as owner_key
from owners
