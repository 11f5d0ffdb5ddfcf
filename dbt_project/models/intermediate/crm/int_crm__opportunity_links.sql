-- First what people decided, then what the vendors' own sync wrote.
with records as (
    select * from {{ ref('int_crm__opportunity_records') }}
),

decisions as (
    {{ identity_decisions('opportunity', 'join') }}
),

separations as (
    {{ identity_decisions('opportunity', 'separate') }}
),

roots as (
    select
        record_number,
        record_number as cluster_number
    from records
),

{{ identity_deciding() }},

-- Salesforce has the last word, so a live copy of a deleted deal goes with it; a deleted copy of a
-- live deal goes alone.
pairs as (
    select
        targets.record_number as record_a,
        records.record_number as record_b
    from records
    inner join records as targets
        on
            records.linked_salesforce_id = targets.vendor_id
            and targets.source_system = 'salesforce'
            and (targets.is_deleted or not records.is_deleted)
),

{{ identity_linking() }}

select
    record_number,
    cluster_number,
    match_rule,
    match_confidence
from joined
