with doubts as (
    select * from {{ ref('fct_doubtful_matches') }}
)

select
    doubt_key,
    entity,
    doubt,
    is_joined,
    source_system_a,
    id_a,
    record_key_a,
    source_system_b,
    id_b,
    record_key_b,
    match_rule,
    match_confidence,
    evidence,
    override_row
from doubts
