-- Companies with one tax number.
with previous as (
    select * from {{ ref('int_crm__account_links') }}
),

records as (
    select * from {{ ref('int_crm__account_records') }}
),

separations as (
    {{ identity_decisions('account', 'separate') }}
),

keys as (
    select
        records.mark_b as match_key,
        records.source_system,
        records.record_number,
        previous.cluster_number
    from records
    inner join previous on records.record_number = previous.record_number
    where not records.is_deleted and records.mark_b is not null
),

pairs as (
    {{ identity_pairs('keys') }}
),

{{ identity_joining('tax_id', 0.98) }}

select
    record_number,
    cluster_number,
    match_rule,
    match_confidence
from joined
