-- The last rule, a second proof beside account, amount and close date, and the keys that all rules
-- together lead to.
with recursive previous as (
    select * from {{ ref('int_crm__opportunity_links') }}
),

records as (
    select * from {{ ref('int_crm__opportunity_records') }}
),

separations as (
    {{ identity_decisions('opportunity', 'separate') }}
),

pairs as (
    select
        record_a,
        record_b
    from {{ ref('int_crm__opportunity_lookalikes') }}
    where is_only_one and (has_one_name or has_one_owner_and_birth)
),

{{ identity_joining('account_amount_close', 0.90) }},

{{ identity_following('opportunity') }}

select
    keyed.source_system,
    keyed.vendor_id,
    keyed.record_key,
    coalesce(ends.record_key, keyed.record_key) as opportunity_key,
    keyed.is_leading,
    keyed.match_rule,
    keyed.match_confidence,
    keyed.copy_number
from keyed
left join ends on keyed.record_number = ends.record_number
