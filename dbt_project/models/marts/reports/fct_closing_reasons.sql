-- Why deals were won and lost, and out of which stage.
with opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where is_closed
),

changes as (
    select * from {{ ref('fct_stage_changes') }}
    where not is_closed
),

stages as (
    select * from {{ ref('dim_stage') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

periods as (
    select * from {{ ref('dim_period') }}
),

-- A closed deal's last open stage is the one that it was closed from.
last_changes as (
    select
        opportunity_key,
        max(change_number) as change_number
    from changes
    group by opportunity_key
),

last_stages as (
    select
        changes.opportunity_key,
        changes.stage_key
    from changes
    inner join last_changes
        on
            changes.opportunity_key = last_changes.opportunity_key
            and changes.change_number = last_changes.change_number
),

closed as (
    select
        opportunities.closed_on,
        case when opportunities.is_won then 'won' else 'lost' end as outcome,
        coalesce(
            case
                when opportunities.is_won then opportunities.win_reason
                else opportunities.loss_reason
            end,
            'unknown'
        ) as reason,
        coalesce(last_stages.stage_key, 'unknown') as stage_key,
        coalesce(opportunities.credited_owner_key, 'unknown') as owner_key,
        coalesce(opportunities.deal_type, 'unknown') as deal_type,
        opportunities.amount_base,
        opportunities.cycle_days
    from opportunities
    left join last_stages on opportunities.opportunity_key = last_stages.opportunity_key
),

summed as (
    select
        days.period_grain,
        days.period_start,
        closed.outcome,
        closed.reason,
        closed.stage_key,
        closed.owner_key,
        closed.deal_type,
        count(*) as deal_count,
        coalesce(sum(closed.amount_base), 0) as amount,
        coalesce(sum(closed.cycle_days), 0) as cycle_days,
        count(closed.cycle_days) as cycle_count
    from closed
    inner join days on closed.closed_on = days.date_day
    group by
        days.period_grain,
        days.period_start,
        closed.outcome,
        closed.reason,
        closed.stage_key,
        closed.owner_key,
        closed.deal_type
)

select
    summed.period_grain,
    summed.period_start,
    periods.period_end,
    periods.is_complete,
    summed.outcome,
    summed.reason,
    summed.stage_key,
    coalesce(stages.stage_label, 'unknown') as stage_label,
    summed.owner_key,
    coalesce(owners.owner_name, 'unknown') as owner_name,
    coalesce(owners.team_key, 'unknown') as team_key,
    coalesce(owners.team_name, 'unknown') as team_name,
    summed.deal_type,
    summed.deal_count,
    cast(summed.amount as decimal(38, 2)) as amount,
    {{ safe_divide('summed.amount', 'sum(summed.amount) over in_outcome') }} as amount_share,
    cast(summed.cycle_days as bigint) as cycle_days,
    summed.cycle_count,
    {{ safe_divide('summed.cycle_days', 'summed.cycle_count') }} as mean_cycle_days
from summed
inner join periods
    on
        summed.period_grain = periods.period_grain
        and summed.period_start = periods.period_start
left join stages on summed.stage_key = stages.stage_key
left join owners on summed.owner_key = owners.owner_key
window in_outcome as (partition by summed.period_grain, summed.period_start, summed.outcome)
