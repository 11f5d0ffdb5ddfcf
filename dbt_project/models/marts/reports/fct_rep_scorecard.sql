with performance as (
    select * from {{ ref('fct_owner_performance') }}
),

ranking as (
    select * from {{ ref('fct_rep_ranking') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

hints as (
    select * from {{ ref('coaching_hints') }}
),

-- The standing among all peers decides; where it is the same, the order of the seed.
ordered as (
    select
        ranking.owner_key,
        ranking.period_grain,
        ranking.period_start,
        ranking.kpi_id,
        ranking.company_percentile,
        catalogue.label_en,
        catalogue.label_es,
        catalogue.label_pt,
        hints.hint_en,
        hints.hint_es,
        hints.hint_pt,
        row_number() over (
            partition by ranking.owner_key, ranking.period_grain, ranking.period_start
            order by ranking.company_percentile desc nulls last, ranking.position asc
        ) as place,
        count(ranking.company_percentile) over (
            partition by ranking.owner_key, ranking.period_grain, ranking.period_start
        ) as compared_count
    from ranking
    inner join catalogue on ranking.kpi_id = catalogue.kpi_id
    inner join hints on ranking.kpi_id = hints.kpi_id
),

-- A strength lies in the better half, however few there are; the best of all is no weakness; and
-- nothing is both.
marked as (
    select
        *,
        case when place <= 2 and company_percentile >= 0.5 then place end as strength,
        case
            when
                compared_count - place between 0 and 1
                and company_percentile < 1
                and not (place <= 2 and company_percentile >= 0.5)
                then compared_count - place + 1
        end as weakness
    from ordered
),

standings as (
    select
        owner_key,
        period_grain,
        period_start,
        max(compared_count) as compared_count,
        {{ marked_kpis() }}
    from marked
    group by owner_key, period_grain, period_start
),

sales_ranks as (
    select
        owner_key,
        period_grain,
        period_start,
        company_rank,
        company_peer_count,
        team_rank,
        team_peer_count
    from ranking
    where kpi_id = 'sales_amount'
)

select
    performance.owner_key,
    performance.owner_name,
    performance.team_key,
    performance.team_name,
    performance.period_grain,
    performance.period_start,
    performance.period_end,
    performance.is_complete,
    performance.won_count,
    performance.lost_count,
    performance.sales_amount,
    performance.win_rate,
    performance.average_deal_size,
    performance.sales_cycle_days,
    performance.new_customers,
    performance.pipeline_created_amount,
    performance.open_pipeline_amount,
    performance.activities_completed,
    performance.activities_per_working_day,
    performance.follow_ups,
    performance.customers_followed_up,
    performance.task_on_time_rate,
    performance.hygiene_score,
    performance.target_amount,
    performance.attainment,
    performance.attainment_to_date,
    performance.pacing,
    performance.pipeline_coverage,
    sales_ranks.company_rank as sales_company_rank,
    sales_ranks.company_peer_count as sales_company_peer_count,
    sales_ranks.team_rank as sales_team_rank,
    sales_ranks.team_peer_count as sales_team_peer_count,
    cast(standings.compared_count as bigint) as compared_kpi_count,
    standings.strength_1_kpi_id,
    standings.strength_1_label_en,
    standings.strength_1_label_es,
    standings.strength_1_label_pt,
    standings.strength_1_percentile,
    standings.strength_2_kpi_id,
    standings.strength_2_label_en,
    standings.strength_2_label_es,
    standings.strength_2_label_pt,
    standings.strength_2_percentile,
    standings.weakness_1_kpi_id,
    standings.weakness_1_label_en,
    standings.weakness_1_label_es,
    standings.weakness_1_label_pt,
    standings.weakness_1_percentile,
    standings.weakness_1_hint_en,
    standings.weakness_1_hint_es,
    standings.weakness_1_hint_pt,
    standings.weakness_2_kpi_id,
    standings.weakness_2_label_en,
    standings.weakness_2_label_es,
    standings.weakness_2_label_pt,
    standings.weakness_2_percentile,
    standings.weakness_2_hint_en,
    standings.weakness_2_hint_es,
    standings.weakness_2_hint_pt
from performance
-- The owners who were compared at all.
inner join standings
    on
        performance.owner_key = standings.owner_key
        and performance.period_grain = standings.period_grain
        and performance.period_start = standings.period_start
left join sales_ranks
    on
        performance.owner_key = sales_ranks.owner_key
        and performance.period_grain = sales_ranks.period_grain
        and performance.period_start = sales_ranks.period_start
