with hubspot as (
    select * from {{ ref('int_hubspot__opportunities_conformed') }}
),

salesforce as (
    select * from {{ ref('int_salesforce__opportunities_conformed') }}
),

pipedrive as (
    select * from {{ ref('int_pipedrive__opportunities_conformed') }}
),

-- The only rule for deals: the vendors' own sync wrote Salesforce's id. Salesforce has the last
-- word, so a live copy of a deleted deal goes with it; a deleted copy of a live deal goes alone.
records as (
    select
        source_system,
        vendor_id,
        merged_into_id,
        {{ vendor_key('opportunity', "'salesforce'", 'vendor_id') }} as record_key,
        true as is_leading,
        cast(null as string) as match_rule,
        created_at
    from salesforce
    union all
    select
        hubspot.source_system,
        hubspot.vendor_id,
        hubspot.merged_into_id,
        coalesce(
            {{ vendor_key('opportunity', "'salesforce'", 'salesforce.vendor_id') }},
            {{ vendor_key('opportunity', "'hubspot'", 'hubspot.vendor_id') }}
        ) as record_key,
        salesforce.vendor_id is null as is_leading,
        case when salesforce.vendor_id is not null then 'sync_link' end as match_rule,
        hubspot.created_at
    from hubspot
    left join salesforce
        on
            hubspot.linked_salesforce_id = salesforce.vendor_id
            and (salesforce.is_deleted or not hubspot.is_deleted)
    union all
    select
        source_system,
        vendor_id,
        merged_into_id,
        {{ vendor_key('opportunity', "'pipedrive'", 'vendor_id') }} as record_key,
        true as is_leading,
        cast(null as string) as match_rule,
        created_at
    from pipedrive
)

-- What points at a merged-away record means the one that took it in, also after a second merge.
select
    records.source_system,
    records.vendor_id,
    records.record_key,
    coalesce(second_winner.record_key, winner.record_key, records.record_key) as opportunity_key,
    records.is_leading,
    records.match_rule,
    -- Several copies of one deal in one CRM: the oldest speaks for them.
    row_number() over (
        partition by records.record_key, records.source_system
        order by records.created_at asc nulls last, records.vendor_id asc
    ) as copy_number
from records
left join records as winner
    on records.merged_into_id = winner.vendor_id and records.source_system = winner.source_system
left join records as second_winner
    on
        winner.merged_into_id = second_winner.vendor_id
        and winner.source_system = second_winner.source_system
