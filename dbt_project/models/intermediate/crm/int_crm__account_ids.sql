-- The last rule, name and country, and the keys that all rules together lead to.
with recursive previous as (
    select * from {{ ref('int_crm__account_domain_matches') }}
),

records as (
    select * from {{ ref('int_crm__account_records') }}
),

separations as (
    {{ identity_decisions('account', 'separate') }}
),

keys as (
    select
        concat_ws('|', records.country_code, records.name_key) as match_key,
        records.source_system,
        records.record_number,
        previous.cluster_number
    from records
    inner join previous on records.record_number = previous.record_number
    where
        not records.is_deleted
        and records.name_key is not null
        and records.country_code is not null
),

pairs as (
    {{ identity_pairs('keys') }}
),

{{ identity_joining('name_country', 0.85) }},

{{ identity_following('account') }}

select
    keyed.source_system,
    keyed.vendor_id,
    keyed.record_key,
    coalesce(ends.record_key, keyed.record_key) as account_key,
    keyed.is_leading,
    keyed.match_rule,
    keyed.match_confidence,
    keyed.record_number,
    keyed.copy_number
from keyed
left join ends on keyed.record_number = ends.record_number
