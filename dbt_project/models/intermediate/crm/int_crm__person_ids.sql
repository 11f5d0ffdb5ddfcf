-- The last rule, phone and name, and the keys that all rules lead to. The phone alone would make
-- one person of everybody behind a switchboard.
with recursive previous as (
    select * from {{ ref('int_crm__person_email_matches') }}
),

records as (
    select * from {{ ref('int_crm__person_records') }}
),

separations as (
    {{ identity_decisions('person', 'separate') }}
),

keys as (
    select
        concat_ws(
            '|', records.phone, substr(records.first_word, 1, 1), records.last_word
        ) as match_key,
        records.source_system,
        records.record_number,
        previous.cluster_number
    from records
    inner join previous on records.record_number = previous.record_number
    where
        not records.is_deleted
        and records.record_number = records.root_number
        and records.phone is not null
        and records.first_word <> records.last_word
),

named as (
    {{ identity_pairs('keys') }}
),

-- The first name is the same too, or one CRM has only its initial. And nothing contradicts: they
-- work for one company, or else no two companies and no two addresses are known.
pairs as (
    select
        named.record_a,
        named.record_b
    from named
    inner join records as records_a on named.record_a = records_a.record_number
    inner join records as records_b on named.record_b = records_b.record_number
    where
        (
            records_a.first_word = records_b.first_word
            or length(records_a.first_word) = 1
            or length(records_b.first_word) = 1
        )
        and (
            coalesce(records_a.account_key = records_b.account_key, false)
            or (
                (records_a.account_key is null or records_b.account_key is null)
                and (records_a.email is null or records_b.email is null)
            )
        )
),

{{ identity_joining('phone', 0.85) }},

{{ identity_following('person', 'record_type') }}

select
    keyed.source_system,
    records.record_type,
    keyed.vendor_id,
    keyed.record_key,
    coalesce(ends.record_key, keyed.record_key) as person_key,
    records.account_key,
    keyed.is_leading,
    keyed.match_rule,
    keyed.match_confidence,
    keyed.record_number,
    keyed.copy_number
from keyed
inner join records on keyed.record_number = records.record_number
left join ends on keyed.record_number = ends.record_number
