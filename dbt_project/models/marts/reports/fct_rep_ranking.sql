with owners as (
    select * from {{ ref('fct_owner_performance') }}
    where
        -- Days and weeks hold too little of one person to compare it with others.
        period_grain in ('month', 'quarter', 'year')
        and owner_name is not null
        -- Who only still owns accounts or old deals, having left or moved on, is nobody's peer.
        and (
            activities_completed > 0
            or won_count + lost_count > 0
            or pipeline_created_count > 0
            or target_amount > 0
        )
),

hints as (
    select * from {{ ref('coaching_hints') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
    where dimension = 'owner'
),

scored_kpis as (
    select
        hints.kpi_id,
        hints.position,
        hints.minimum_n,
        catalogue.better,
        -- Whoever has no row has sold, opened or done nothing: 0, not unknown.
        catalogue.unit = 'count' or catalogue.is_additive as is_zero_when_missing
    from hints
    inner join catalogue on hints.kpi_id = catalogue.kpi_id
),

-- A KPI in a period, for each owner there was anything of in it.
scored as (
    select
        owners.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name,
        owners.period_grain,
        owners.period_start,
        owners.period_end,
        owners.is_complete,
        scored_kpis.kpi_id,
        scored_kpis.position,
        scored_kpis.better,
        case
            when scored_kpis.is_zero_when_missing then coalesce(kpi_values.value, 0)
            else kpi_values.value
        end as value,
        coalesce(kpi_values.n, 0) as n,
        scored_kpis.minimum_n
    from owners
    cross join scored_kpis
    left join kpi_values
        on
            owners.owner_key = kpi_values.dimension_key
            and owners.period_grain = kpi_values.period_grain
            and owners.period_start = kpi_values.period_start
            and scored_kpis.kpi_id = kpi_values.kpi_id
),

-- One deal won of one is no skill: with fewer records than the seed asks for there is no rank.
comparable as (
    select
        *,
        case when better = 'down' then -value else value end as score
    from scored
    where value is not null and n >= minimum_n
),

ranked as (
    select
        *,
        rank() over in_company as company_rank,
        count(*) over (partition by period_grain, period_start, kpi_id) as company_peer_count,
        percent_rank() over from_the_last_in_company as company_share_behind,
        min(score) over (partition by period_grain, period_start, kpi_id)
        < max(score) over (partition by period_grain, period_start, kpi_id)
            as is_company_told_apart,
        rank() over in_team as team_rank,
        count(*) over (partition by period_grain, period_start, kpi_id, team_key)
            as team_peer_count,
        percent_rank() over from_the_last_in_team as team_share_behind,
        min(score) over (partition by period_grain, period_start, kpi_id, team_key)
        < max(score) over (partition by period_grain, period_start, kpi_id, team_key)
            as is_team_told_apart
    from comparable
    window
        in_company as (partition by period_grain, period_start, kpi_id order by score desc),
        from_the_last_in_company as (
            partition by period_grain, period_start, kpi_id order by score asc
        ),
        in_team as (
            partition by period_grain, period_start, kpi_id, team_key order by score desc
        ),
        from_the_last_in_team as (
            partition by period_grain, period_start, kpi_id, team_key order by score asc
        )
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
    cast(value as double) as value,
    cast(n as bigint) as n,
    cast(company_rank as bigint) as company_rank,
    cast(company_peer_count as bigint) as company_peer_count,
    -- Alone, or where all are the same, there is nobody to be ahead of.
    case when is_company_told_apart then company_share_behind end as company_percentile,
    case when team_key is not null then cast(team_rank as bigint) end as team_rank,
    case when team_key is not null then cast(team_peer_count as bigint) end as team_peer_count,
    case when team_key is not null and is_team_told_apart then team_share_behind end
        as team_percentile
from ranked
