-- Companies with one domain that is not a mail provider's.
with previous as (
    select * from {{ ref('int_crm__account_tax_matches') }}
),

records as (
    select * from {{ ref('int_crm__account_records') }}
),

separations as (
    {{ identity_decisions('account', 'separate') }}
),

keys as (
    select
        records.mark_a as match_key,
        records.source_system,
        records.record_number,
        previous.cluster_number
    from records
    inner join previous on records.record_number = previous.record_number
    where not records.is_deleted and records.mark_a is not null
),

pairs as (
    {{ identity_pairs('keys') }}
),

{{ identity_joining('domain', 0.95) }}

select
    record_number,
    cluster_number,
    match_rule,
    match_confidence
from joined
