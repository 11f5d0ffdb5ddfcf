-- start + fx + new + reopened + moved in + increased - decreased - moved out - won - lost - deleted
-- = end. Sums of days, each at its own rates: any other span of days adds up in the same way, see
-- analyses/pipeline_waterfall_of_any_days.
with flows as (
    select * from {{ ref('fct_pipeline_flows') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

teams as (
    select * from {{ ref('dim_team') }}
),

scoped as (
    select
        date_day,
        'team' as dimension,
        team_key as dimension_key,
        is_deleted_since,
        flow,
        deal_count,
        amount,
        net_count,
        net_amount
    from flows
    union all
    select
        date_day,
        'total' as dimension,
        'total' as dimension_key,
        is_deleted_since,
        flow,
        deal_count,
        amount,
        net_count,
        net_amount
    from flows
    -- Within the whole, a move between teams is nothing.
    where flow not in ('moved_in', 'moved_out')
),

scopes as (
    select
        'total' as dimension,
        'total' as dimension_key
    union all
    select distinct
        'team' as dimension,
        team_key as dimension_key
    from flows
),

summed as (
    select
        days.period_grain,
        days.period_start,
        scoped.dimension,
        scoped.dimension_key,
        sum(case when scoped.flow = 'new' then scoped.deal_count else 0 end) as new_count,
        sum(case when scoped.flow = 'reopened' then scoped.deal_count else 0 end) as reopened_count,
        sum(case when scoped.flow = 'moved_in' then scoped.deal_count else 0 end) as moved_in_count,
        sum(case when scoped.flow = 'moved_out' then scoped.deal_count else 0 end)
            as moved_out_count,
        sum(case when scoped.flow = 'won' then scoped.deal_count else 0 end) as won_count,
        sum(case when scoped.flow = 'lost' then scoped.deal_count else 0 end) as lost_count,
        sum(case when scoped.flow = 'deleted' then scoped.deal_count else 0 end) as deleted_count,
        sum(case when scoped.flow = 'fx' then scoped.amount else 0 end) as fx_amount,
        sum(case when scoped.flow = 'new' then scoped.amount else 0 end) as new_amount,
        sum(case when scoped.flow = 'reopened' then scoped.amount else 0 end) as reopened_amount,
        sum(case when scoped.flow = 'moved_in' then scoped.amount else 0 end) as moved_in_amount,
        sum(case when scoped.flow = 'increased' then scoped.amount else 0 end) as increased_amount,
        sum(case when scoped.flow = 'decreased' then scoped.amount else 0 end) as decreased_amount,
        sum(case when scoped.flow = 'moved_out' then scoped.amount else 0 end) as moved_out_amount,
        sum(case when scoped.flow = 'won' then scoped.amount else 0 end) as won_amount,
        sum(case when scoped.flow = 'lost' then scoped.amount else 0 end) as lost_amount,
        sum(case when scoped.flow = 'deleted' then scoped.amount else 0 end) as deleted_amount,
        sum(scoped.net_count) as net_count,
        sum(scoped.net_amount) as net_amount,
        sum(case when scoped.is_deleted_since then scoped.net_count else 0 end)
            as gone_net_count,
        sum(case when scoped.is_deleted_since then scoped.net_amount else 0 end)
            as gone_net_amount
    from scoped
    inner join days on scoped.date_day = days.date_day
    group by days.period_grain, days.period_start, scoped.dimension, scoped.dimension_key
),

-- The spine begins with the first fact that counts; a deal that was deleted since may be older.
firsts as (
    select
        period_grain,
        min(period_start) as first_start
    from periods
    group by period_grain
),

openings as (
    select
        firsts.period_grain,
        scoped.dimension,
        scoped.dimension_key,
        sum(scoped.net_count) as open_count,
        sum(scoped.net_amount) as open_amount,
        sum(case when scoped.is_deleted_since then scoped.net_count else 0 end) as gone_count,
        sum(case when scoped.is_deleted_since then scoped.net_amount else 0 end) as gone_amount
    from scoped
    inner join firsts on scoped.date_day < firsts.first_start
    group by firsts.period_grain, scoped.dimension, scoped.dimension_key
),

balanced as (
    select
        periods.period_grain,
        periods.period_start,
        scopes.dimension,
        scopes.dimension_key,
        summed.dimension is not null as has_flows,
        summed.new_count,
        summed.reopened_count,
        summed.moved_in_count,
        summed.moved_out_count,
        summed.won_count,
        summed.lost_count,
        summed.deleted_count,
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
        coalesce(summed.net_count, 0) as net_count,
        coalesce(summed.net_amount, 0) as net_amount,
        coalesce(openings.open_count, 0) + sum(coalesce(summed.net_count, 0)) over so_far
            as end_count,
        coalesce(openings.open_amount, 0) + sum(coalesce(summed.net_amount, 0)) over so_far
            as end_amount,
        coalesce(openings.gone_count, 0) + sum(coalesce(summed.gone_net_count, 0)) over so_far
            as since_deleted_count,
        coalesce(openings.gone_amount, 0) + sum(coalesce(summed.gone_net_amount, 0)) over so_far
            as since_deleted_amount
    from periods
    cross join scopes
    left join summed
        on
            periods.period_grain = summed.period_grain
            and periods.period_start = summed.period_start
            and scopes.dimension = summed.dimension
            and scopes.dimension_key = summed.dimension_key
    left join openings
        on
            periods.period_grain = openings.period_grain
            and scopes.dimension = openings.dimension
            and scopes.dimension_key = openings.dimension_key
    window so_far as (
        partition by periods.period_grain, scopes.dimension, scopes.dimension_key
        order by periods.period_start asc
    )
)

select
    balanced.period_grain,
    balanced.period_start,
    balanced.dimension,
    balanced.dimension_key,
    case
        when balanced.dimension = 'total' then 'total'
        else coalesce(teams.team_name, 'unknown')
    end as dimension_value,
    cast(balanced.end_count - balanced.net_count as bigint) as start_count,
    cast(coalesce(balanced.new_count, 0) as bigint) as new_count,
    cast(coalesce(balanced.reopened_count, 0) as bigint) as reopened_count,
    cast(coalesce(balanced.moved_in_count, 0) as bigint) as moved_in_count,
    cast(coalesce(balanced.moved_out_count, 0) as bigint) as moved_out_count,
    cast(coalesce(balanced.won_count, 0) as bigint) as won_count,
    cast(coalesce(balanced.lost_count, 0) as bigint) as lost_count,
    cast(coalesce(balanced.deleted_count, 0) as bigint) as deleted_count,
    cast(balanced.end_count as bigint) as end_count,
    cast(balanced.since_deleted_count as bigint) as since_deleted_count,
    cast(balanced.end_amount - balanced.net_amount as decimal(18, 2)) as start_amount,
    cast(coalesce(balanced.fx_amount, 0) as decimal(18, 2)) as fx_amount,
    cast(coalesce(balanced.new_amount, 0) as decimal(18, 2)) as new_amount,
    cast(coalesce(balanced.reopened_amount, 0) as decimal(18, 2)) as reopened_amount,
    cast(coalesce(balanced.moved_in_amount, 0) as decimal(18, 2)) as moved_in_amount,
    cast(coalesce(balanced.increased_amount, 0) as decimal(18, 2)) as increased_amount,
    cast(coalesce(balanced.decreased_amount, 0) as decimal(18, 2)) as decreased_amount,
    cast(coalesce(balanced.moved_out_amount, 0) as decimal(18, 2)) as moved_out_amount,
    cast(coalesce(balanced.won_amount, 0) as decimal(18, 2)) as won_amount,
    cast(coalesce(balanced.lost_amount, 0) as decimal(18, 2)) as lost_amount,
    cast(coalesce(balanced.deleted_amount, 0) as decimal(18, 2)) as deleted_amount,
    cast(balanced.end_amount as decimal(18, 2)) as end_amount,
    cast(balanced.since_deleted_amount as decimal(18, 2)) as since_deleted_amount
from balanced
left join teams on balanced.dimension_key = teams.team_key
-- Every period has its total; a team has a row where it had deals.
where
    balanced.dimension = 'total'
    or balanced.has_flows
    or balanced.end_count > 0
