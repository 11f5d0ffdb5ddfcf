-- First what people decided, then what the vendors' own sync wrote.
with records as (
    select * from {{ ref('int_crm__account_records') }}
),

decisions as (
    {{ identity_decisions('account', 'join') }}
),

separations as (
    {{ identity_decisions('account', 'separate') }}
),

roots as (
    select
        record_number,
        record_number as cluster_number
    from records
),

{{ identity_deciding() }},

-- A live record and a deleted one are not matched, so that the deletion of a copy does not take the
-- account away.
pairs as (
    select
        targets.record_number as record_a,
        records.record_number as record_b
    from records
    inner join records as targets
        on
            records.linked_salesforce_id = targets.vendor_id
            and targets.source_system = 'salesforce'
            and records.is_deleted = targets.is_deleted
),

{{ identity_linking() }}

select
    record_number,
    cluster_number,
    match_rule,
    match_confidence
from joined
