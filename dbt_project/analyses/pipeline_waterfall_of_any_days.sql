-- The waterfall of any span of days, both ends included, by team and in total:
-- dbt show --select pipeline_waterfall_of_any_days --limit 50 --vars '{as_of: ...,
--   waterfall_first_day: 2026-02-10, waterfall_last_day: 2026-03-09}'
with flows as (
    select * from {{ ref('fct_pipeline_flows') }}
    where date_day <= cast('{{ var("waterfall_last_day", "9999-12-31") }}' as date)
),

teams as (
    select * from {{ ref('dim_team') }}
),

scoped as (
    {{ by_dimension(
        'flows', ['date_day', 'flow', 'amount', 'net_count', 'net_amount'], {'team': 'team_key'}
    ) }}
),

placed as (
    select
        dimension,
        dimension_key,
        date_day >= cast('{{ var("waterfall_first_day", "0001-01-01") }}' as date) as is_inside,
        flow,
        amount,
        net_count,
        net_amount
    from scoped
    -- Within the whole, a move between teams is nothing.
    where dimension = 'team' or flow not in ('moved_in', 'moved_out')
),

summed as (
    select
        dimension,
        dimension_key,
        sum(case when is_inside and flow = 'fx' then amount else 0 end) as fx_amount,
        sum(case when is_inside and flow = 'new' then amount else 0 end) as new_amount,
        sum(case when is_inside and flow = 'reopened' then amount else 0 end) as reopened_amount,
        sum(case when is_inside and flow = 'moved_in' then amount else 0 end) as moved_in_amount,
        sum(case when is_inside and flow = 'increased' then amount else 0 end) as increased_amount,
        sum(case when is_inside and flow = 'decreased' then amount else 0 end) as decreased_amount,
        sum(case when is_inside and flow = 'moved_out' then amount else 0 end) as moved_out_amount,
        sum(case when is_inside and flow = 'won' then amount else 0 end) as won_amount,
        sum(case when is_inside and flow = 'lost' then amount else 0 end) as lost_amount,
        sum(case when is_inside and flow = 'deleted' then amount else 0 end) as deleted_amount,
        sum(case when is_inside then 0 else net_count end) as start_count,
        sum(net_count) as end_count,
        sum(case when is_inside then 0 else net_amount end) as start_amount,
        sum(net_amount) as end_amount
    from placed
    group by dimension, dimension_key
)

select
    summed.dimension,
    summed.dimension_key,
    coalesce(teams.team_name, summed.dimension_key) as dimension_value,
    summed.start_count,
    summed.end_count,
    summed.start_amount,
    summed.fx_amount,
    summed.new_amount,
    summed.reopened_amount,
    summed.moved_in_amount,
    summed.increased_amount,
    summed.decreased_amount,
    summed.moved_out_amount,
    summed.won_amount,
    summed.lost_amount,
    summed.deleted_amount,
    summed.end_amount
from summed
left join teams on summed.dimension_key = teams.team_key
order by summed.dimension desc, dimension_value asc
