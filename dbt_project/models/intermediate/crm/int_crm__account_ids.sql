with hubspot as (
    select * from {{ ref('int_hubspot__accounts_conformed') }}
),

salesforce as (
    select * from {{ ref('int_salesforce__accounts_conformed') }}
),

pipedrive as (
    select * from {{ ref('int_pipedrive__accounts_conformed') }}
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

-- First rule: the vendors' own sync wrote the id of the other side. A live record and a deleted one
-- are not matched, so that the deletion of a copy does not take the account away.
sync_links as (
    select
        hubspot.vendor_id as hubspot_id,
        salesforce.vendor_id as salesforce_id
    from hubspot
    inner join salesforce on hubspot.linked_salesforce_id = salesforce.vendor_id
    where hubspot.is_deleted = salesforce.is_deleted
),

-- Second rule: a domain that exactly one live account of each side has.
hubspot_domains as (
    select
        hubspot.domain,
        min(hubspot.vendor_id) as vendor_id
    from hubspot
    left join free_mail_domains on hubspot.domain = free_mail_domains.domain
    where not hubspot.is_deleted and hubspot.domain is not null and free_mail_domains.domain is null
    group by hubspot.domain
    having count(*) = 1
),

salesforce_domains as (
    select
        domain,
        min(vendor_id) as vendor_id
    from salesforce
    where not is_deleted and domain is not null
    group by domain
    having count(*) = 1
),

domain_links as (
    select
        hubspot_domains.vendor_id as hubspot_id,
        salesforce_domains.vendor_id as salesforce_id
    from hubspot_domains
    inner join salesforce_domains on hubspot_domains.domain = salesforce_domains.domain
    left join sync_links as taken_hubspot on hubspot_domains.vendor_id = taken_hubspot.hubspot_id
    left join sync_links as taken_salesforce
        on salesforce_domains.vendor_id = taken_salesforce.salesforce_id
    where taken_hubspot.hubspot_id is null and taken_salesforce.salesforce_id is null
),

links as (
    select
        hubspot_id,
        salesforce_id,
        'sync_link' as match_rule
    from sync_links
    union all
    select
        hubspot_id,
        salesforce_id,
        'domain' as match_rule
    from domain_links
),

synced as (
    select
        salesforce.source_system,
        salesforce.vendor_id,
        salesforce.merged_into_id,
        salesforce.is_deleted,
        salesforce.domain,
        {{ vendor_key('account', "'salesforce'", 'salesforce.vendor_id') }} as record_key,
        cast(null as string) as match_rule
    from salesforce
    union all
    select
        hubspot.source_system,
        hubspot.vendor_id,
        hubspot.merged_into_id,
        hubspot.is_deleted,
        hubspot.domain,
        coalesce(
            {{ vendor_key('account', "'salesforce'", 'links.salesforce_id') }},
            {{ vendor_key('account', "'hubspot'", 'hubspot.vendor_id') }}
        ) as record_key,
        links.match_rule
    from hubspot
    left join links on hubspot.vendor_id = links.hubspot_id
),

-- Pipedrive syncs with neither: it is matched by the domain alone, to a company that the other two
-- agree on.
known_domains as (
    select
        synced.domain,
        min(synced.record_key) as record_key
    from synced
    left join free_mail_domains on synced.domain = free_mail_domains.domain
    where
        not synced.is_deleted and synced.domain is not null and free_mail_domains.domain is null
    group by synced.domain
    having count(distinct synced.record_key) = 1
),

pipedrive_domains as (
    select
        domain,
        min(vendor_id) as vendor_id
    from pipedrive
    where not is_deleted and domain is not null
    group by domain
    having count(*) = 1
),

pipedrive_links as (
    select
        pipedrive_domains.vendor_id,
        known_domains.record_key
    from pipedrive_domains
    inner join known_domains on pipedrive_domains.domain = known_domains.domain
),

records as (
    select
        source_system,
        vendor_id,
        merged_into_id,
        record_key,
        match_rule
    from synced
    union all
    select
        pipedrive.source_system,
        pipedrive.vendor_id,
        pipedrive.merged_into_id,
        coalesce(
            pipedrive_links.record_key,
            {{ vendor_key('account', "'pipedrive'", 'pipedrive.vendor_id') }}
        ) as record_key,
        case when pipedrive_links.record_key is not null then 'domain' end as match_rule
    from pipedrive
    left join pipedrive_links on pipedrive.vendor_id = pipedrive_links.vendor_id
)

-- What points at a merged-away record means the one that took it in, also after a second merge.
select
    records.source_system,
    records.vendor_id,
    records.record_key,
    coalesce(second_winner.record_key, winner.record_key, records.record_key) as account_key,
    records.match_rule
from records
left join records as winner
    on records.merged_into_id = winner.vendor_id and records.source_system = winner.source_system
left join records as second_winner
    on
        winner.merged_into_id = second_winner.vendor_id
        and winner.source_system = second_winner.source_system
