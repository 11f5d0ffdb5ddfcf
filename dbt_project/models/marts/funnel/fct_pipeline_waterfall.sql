-- start + fx + new + reopened + moved in + increased - decreased - moved out - won - lost = end.
-- The start is the end of the period before, at the rate of its last day. Everything else is at
-- one rate per currency: that of the period's own last day; fx is what the change of rate did to
-- the start.
with versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

teams as (
    select * from {{ ref('dim_team') }}
),

spans as (
    select
        period_grain,
        period_start,
        period_start_at,
        measured_at,
        measured_on,
        {{ add_days('period_start', -1) }} as day_before
    from periods
    where period_grain <> 'day'
),

chained as (
    select
        opportunity_key,
        valid_from,
        coalesce(valid_to, timestamp '9999-12-31 00:00:00') as valid_to,
        currency_code,
        amount,
        coalesce(team_key, 'unknown') as team_key,
        not is_closed as is_open,
        is_won,
        lag(valid_from) over deal is not null as had_previous,
        lag(not is_closed) over deal as was_open,
        lag(amount) over deal as previous_amount,
        lag(coalesce(team_key, 'unknown')) over deal as previous_team_key
    from versions
    window deal as (partition by opportunity_key order by valid_from asc)
),

standing as (
    select
        spans.period_grain,
        spans.period_start,
        chained.team_key,
        coalesce(
            {{ to_base_currency('chained.amount', 'opening.rate_to_base') }}, 0
        ) as start_amount,
        coalesce(
            {{ to_base_currency('chained.amount', 'closing.rate_to_base') }}, 0
        ) as start_amount_restated
    from chained
    inner join spans
        on
            chained.valid_from < spans.period_start_at
            and chained.valid_to >= spans.period_start_at
    left join rates as opening
        on
            chained.currency_code = opening.currency_code
            and spans.day_before = opening.rate_on
    left join rates as closing
        on
            chained.currency_code = closing.currency_code
            and spans.measured_on = closing.rate_on
    where chained.is_open
),

ending as (
    select
        spans.period_grain,
        spans.period_start,
        chained.team_key,
        coalesce({{ to_base_currency('chained.amount', 'rates.rate_to_base') }}, 0) as end_amount
    from chained
    inner join spans
        on
            chained.valid_from < spans.measured_at
            and chained.valid_to >= spans.measured_at
    left join rates
        on
            chained.currency_code = rates.currency_code
            and spans.measured_on = rates.rate_on
    where chained.is_open
),

transitions as (
    select
        spans.period_grain,
        spans.period_start,
        chained.team_key,
        chained.previous_team_key,
        chained.had_previous,
        chained.is_open,
        chained.is_won,
        coalesce(chained.was_open, false) as was_open,
        coalesce({{ to_base_currency('chained.amount', 'rates.rate_to_base') }}, 0) as amount_base,
        coalesce(
            {{ to_base_currency('chained.previous_amount', 'rates.rate_to_base') }}, 0
        ) as previous_amount_base
    from chained
    inner join spans
        on
            chained.valid_from >= spans.period_start_at
            and chained.valid_from < spans.measured_at
    left join rates
        on
            chained.currency_code = rates.currency_code
            and spans.measured_on = rates.rate_on
    -- From closed to closed nothing flows.
    where chained.is_open or chained.was_open
),

-- Each flow as a signed row of the team that it belongs to; the total leaves moves out.
flows as (
    select
        period_grain,
        period_start,
        team_key,
        'start' as flow,
        start_amount as amount
    from standing
    union all
    select
        period_grain,
        period_start,
        team_key,
        'fx' as flow,
        start_amount_restated - start_amount as amount
    from standing
    union all
    select
        period_grain,
        period_start,
        team_key,
        case when had_previous then 'reopened' else 'new' end as flow,
        amount_base as amount
    from transitions
    where is_open and not was_open
    union all
    select
        period_grain,
        period_start,
        team_key,
        'moved_in' as flow,
        previous_amount_base as amount
    from transitions
    where was_open and team_key <> previous_team_key
    union all
    select
        period_grain,
        period_start,
        previous_team_key as team_key,
        'moved_out' as flow,
        previous_amount_base as amount
    from transitions
    where was_open and team_key <> previous_team_key
    union all
    select
        period_grain,
        period_start,
        team_key,
        'increased' as flow,
        amount_base - previous_amount_base as amount
    from transitions
    where was_open and amount_base > previous_amount_base
    union all
    select
        period_grain,
        period_start,
        team_key,
        'decreased' as flow,
        previous_amount_base - amount_base as amount
    from transitions
    where was_open and amount_base < previous_amount_base
    union all
    select
        period_grain,
        period_start,
        team_key,
        case when is_won then 'won' else 'lost' end as flow,
        amount_base as amount
    from transitions
    where was_open and not is_open
    union all
    select
        period_grain,
        period_start,
        team_key,
        'end' as flow,
        end_amount as amount
    from ending
),

scoped as (
    select
        flows.period_grain,
        flows.period_start,
        'team' as dimension,
        flows.team_key as dimension_key,
        coalesce(teams.team_name, 'unknown') as dimension_value,
        flows.flow,
        flows.amount
    from flows
    left join teams on flows.team_key = teams.team_key
    union all
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        flow,
        amount
    from flows
    -- Within the whole, a move between teams is nothing.
    where flow not in ('moved_in', 'moved_out')
    union all
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        'spine' as flow,
        cast(0 as decimal(18, 2)) as amount
    from spans
)

select
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    count(*) filter (where flow = 'start') as start_count,
    count(*) filter (where flow = 'new') as new_count,
    count(*) filter (where flow = 'reopened') as reopened_count,
    count(*) filter (where flow = 'moved_in') as moved_in_count,
    count(*) filter (where flow = 'moved_out') as moved_out_count,
    count(*) filter (where flow = 'won') as won_count,
    count(*) filter (where flow = 'lost') as lost_count,
    count(*) filter (where flow = 'end') as end_count,
    cast(sum(case when flow = 'start' then amount else 0 end) as decimal(18, 2)) as start_amount,
    cast(sum(case when flow = 'fx' then amount else 0 end) as decimal(18, 2)) as fx_amount,
    cast(sum(case when flow = 'new' then amount else 0 end) as decimal(18, 2)) as new_amount,
    cast(sum(case when flow = 'reopened' then amount else 0 end) as decimal(18, 2))
        as reopened_amount,
    cast(sum(case when flow = 'moved_in' then amount else 0 end) as decimal(18, 2))
        as moved_in_amount,
    cast(sum(case when flow = 'increased' then amount else 0 end) as decimal(18, 2))
        as increased_amount,
    cast(sum(case when flow = 'decreased' then amount else 0 end) as decimal(18, 2))
        as decreased_amount,
    cast(sum(case when flow = 'moved_out' then amount else 0 end) as decimal(18, 2))
        as moved_out_amount,
    cast(sum(case when flow = 'won' then amount else 0 end) as decimal(18, 2)) as won_amount,
    cast(sum(case when flow = 'lost' then amount else 0 end) as decimal(18, 2)) as lost_amount,
    cast(sum(case when flow = 'end' then amount else 0 end) as decimal(18, 2)) as end_amount
from scoped
group by period_grain, period_start, dimension, dimension_key, dimension_value
