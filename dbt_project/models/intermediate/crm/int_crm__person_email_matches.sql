-- People with one address, unless their names are quite different: then two people share it.
with previous as (
    select * from {{ ref('int_crm__person_links') }}
),

records as (
    select * from {{ ref('int_crm__person_records') }}
),

separations as (
    {{ identity_decisions('person', 'separate') }}
),

-- In Salesforce contacts come before leads that were never converted.
ranked as (
    select
        records.email as match_key,
        records.source_system,
        records.record_number,
        previous.cluster_number,
        records.record_type,
        min(records.record_type) over (
            partition by records.source_system, records.email
        ) as first_type
    from records
    inner join previous on records.record_number = previous.record_number
    where
        not records.is_deleted
        and records.record_number = records.root_number
        and records.email is not null
),

keys as (
    select
        match_key,
        source_system,
        record_number,
        cluster_number
    from ranked
    where record_type = first_type
),

shared as (
    {{ identity_pairs('keys') }}
),

pairs as (
    select
        shared.record_a,
        shared.record_b
    from shared
    inner join records as records_a on shared.record_a = records_a.record_number
    inner join records as records_b on shared.record_b = records_b.record_number
    where
        case
            when records_a.is_shared_mailbox
                then
                    records_a.first_word = records_b.first_word
                    and records_a.last_word = records_b.last_word
            else
                coalesce(
                    records_a.first_word in (records_b.first_word, records_b.last_word)
                    or records_a.last_word in (records_b.first_word, records_b.last_word),
                    true
                )
        end
),

{{ identity_joining('email', 0.97) }}

select
    record_number,
    cluster_number,
    match_rule,
    match_confidence
from joined
