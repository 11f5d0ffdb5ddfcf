with presale as (
    select * from {{ ref('fct_presale') }}
)

select
    path_key,
    path_name,
    cohort_month,
    lead_source,
    owner_key,
    owner_name,
    team_name,
    stage_key,
    stage_name,
    stage_order,
    entered_count,
    skipped_count,
    passed_count,
    inside_count,
    left_count,
    bought_count,
    pass_rate,
    is_largest_drop
from presale
