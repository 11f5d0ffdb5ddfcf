with ranking as (
    select * from {{ ref('fct_rep_ranking') }}
)

select
    owner_key,
    owner_name,
    team_key,
    team_name,
    period_grain,
    period_start,
    period_end,
    is_complete,
    kpi_id,
    position,
    better,
    value,
    n,
    company_rank,
    company_peer_count,
    company_percentile,
    team_rank,
    team_peer_count,
    team_percentile
from ranking
