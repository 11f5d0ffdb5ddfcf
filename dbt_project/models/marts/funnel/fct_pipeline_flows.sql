-- Everything is at the rate of its own day, so that days add up to any period: what was open at the
-- end of the day before, at that day's rate, plus fx, plus the day's flows, is what was open at the
-- end of the day, at the day's rate.
with versions as (
    select * from {{ ref('fct_pipeline_versions') }}
    where valid_from < {{ as_of() }}
),

intervals as (
    select * from {{ ref('fct_pipeline_intervals') }}
    where not is_closed and amount is not null
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

currencies as (
    select distinct currency_code from rates
),

dates as (
    select * from {{ ref('dim_date') }}
),

chained as (
    select
        {{ to_business_date('valid_from') }} as date_day,
        currency_code,
        coalesce(team_key, 'unknown') as team_key,
        deleted_at is not null as is_deleted_since,
        not is_closed as is_open,
        is_won,
        amount,
        -- The last version of a deal that was deleted before the run.
        case
            when not is_closed and valid_to = deleted_at and deleted_at < {{ as_of() }}
                then {{ to_business_date('deleted_at') }}
        end as deleted_on,
        lag(valid_from) over deal is not null as had_previous,
        coalesce(lag(not is_closed) over deal, false) as was_open,
        lag(amount) over deal as previous_amount,
        coalesce(lag(coalesce(team_key, 'unknown')) over deal, 'none') as previous_team_key
    from versions
    window deal as (partition by opportunity_key order by valid_from asc)
),

priced as (
    select
        chained.date_day,
        chained.team_key,
        chained.previous_team_key,
        chained.is_deleted_since,
        chained.is_open,
        chained.is_won,
        chained.had_previous,
        chained.was_open,
        coalesce({{ to_base_currency('chained.amount', 'rates.rate_to_base') }}, 0) as amount_base,
        coalesce(
            {{ to_base_currency('chained.previous_amount', 'rates.rate_to_base') }}, 0
        ) as previous_amount_base
    from chained
    left join rates
        on
            chained.currency_code = rates.currency_code
            and chained.date_day = rates.rate_on
    -- From closed to closed nothing flows.
    where chained.is_open or chained.was_open
),

transitions as (
    select
        date_day,
        team_key,
        previous_team_key,
        is_deleted_since,
        count_if(is_open and not was_open and not had_previous) as new_count,
        count_if(is_open and not was_open and had_previous) as reopened_count,
        count_if(was_open and team_key <> previous_team_key) as moved_count,
        count_if(was_open and amount_base > previous_amount_base) as increased_count,
        count_if(was_open and amount_base < previous_amount_base) as decreased_count,
        count_if(was_open and not is_open and is_won) as won_count,
        count_if(was_open and not is_open and not is_won) as lost_count,
        sum(case when is_open and not was_open and not had_previous then amount_base else 0 end)
            as new_amount,
        sum(case when is_open and not was_open and had_previous then amount_base else 0 end)
            as reopened_amount,
        sum(
            case
                when was_open and team_key <> previous_team_key then previous_amount_base
                else 0
            end
        ) as moved_amount,
        sum(case when was_open then greatest(amount_base - previous_amount_base, 0) else 0 end)
            as increased_amount,
        sum(case when was_open then greatest(previous_amount_base - amount_base, 0) else 0 end)
            as decreased_amount,
        sum(case when was_open and not is_open and is_won then amount_base else 0 end)
            as won_amount,
        sum(case when was_open and not is_open and not is_won then amount_base else 0 end)
            as lost_amount
    from priced
    group by date_day, team_key, previous_team_key, is_deleted_since
),

deletions as (
    select
        chained.deleted_on as date_day,
        chained.team_key,
        count(*) as deleted_count,
        sum(coalesce({{ to_base_currency('chained.amount', 'rates.rate_to_base') }}, 0))
            as deleted_amount
    from chained
    left join rates
        on
            chained.currency_code = rates.currency_code
            and chained.deleted_on = rates.rate_on
    where chained.deleted_on is not null
    group by chained.deleted_on, chained.team_key
),

-- A day without a rate is a change as well: what it is worth then is unknown, and counts as 0.
daily_rates as (
    select
        currencies.currency_code,
        dates.date_day,
        coalesce(rates.rate_to_base, 0) as rate_to_base,
        coalesce(
            lag(rates.rate_to_base) over (
                partition by currencies.currency_code order by dates.date_day asc
            ), 0
        ) as previous_rate_to_base
    from currencies
    cross join dates
    left join rates
        on
            currencies.currency_code = rates.currency_code
            and dates.date_day = rates.rate_on
),

rate_changes as (
    select
        currency_code,
        date_day,
        rate_to_base,
        previous_rate_to_base
    from daily_rates
    where
        rate_to_base <> previous_rate_to_base
        and date_day <= {{ to_business_date(add_milliseconds(as_of(), -1)) }}
),

-- What was open at the end of the day before is worth something else today.
revaluations as (
    select
        rate_changes.date_day,
        coalesce(intervals.team_key, 'unknown') as team_key,
        intervals.is_deleted_since,
        sum(
            {{ to_base_currency('intervals.amount', 'rate_changes.rate_to_base') }}
            - {{ to_base_currency('intervals.amount', 'rate_changes.previous_rate_to_base') }}
        ) as fx_amount
    from intervals
    inner join rate_changes
        on
            intervals.currency_code = rate_changes.currency_code
            and intervals.valid_from_on < rate_changes.date_day
            and {{ add_days('intervals.valid_to_on', 1) }} >= rate_changes.date_day
    group by
        rate_changes.date_day, coalesce(intervals.team_key, 'unknown'), intervals.is_deleted_since
),

-- Each flow as a row of the team that it belongs to.
placed as (
    select
        date_day,
        team_key,
        is_deleted_since,
        'new' as flow,
        new_count as deal_count,
        new_amount as amount
    from transitions
    where new_count > 0
    union all
    select
        date_day,
        team_key,
        is_deleted_since,
        'reopened' as flow,
        reopened_count as deal_count,
        reopened_amount as amount
    from transitions
    where reopened_count > 0
    union all
    select
        date_day,
        team_key,
        is_deleted_since,
        'moved_in' as flow,
        moved_count as deal_count,
        moved_amount as amount
    from transitions
    where moved_count > 0
    union all
    select
        date_day,
        previous_team_key as team_key,
        is_deleted_since,
        'moved_out' as flow,
        moved_count as deal_count,
        moved_amount as amount
    from transitions
    where moved_count > 0
    union all
    select
        date_day,
        team_key,
        is_deleted_since,
        'increased' as flow,
        increased_count as deal_count,
        increased_amount as amount
    from transitions
    where increased_count > 0
    union all
    select
        date_day,
        team_key,
        is_deleted_since,
        'decreased' as flow,
        decreased_count as deal_count,
        decreased_amount as amount
    from transitions
    where decreased_count > 0
    union all
    select
        date_day,
        team_key,
        is_deleted_since,
        'won' as flow,
        won_count as deal_count,
        won_amount as amount
    from transitions
    where won_count > 0
    union all
    select
        date_day,
        team_key,
        is_deleted_since,
        'lost' as flow,
        lost_count as deal_count,
        lost_amount as amount
    from transitions
    where lost_count > 0
    union all
    select
        date_day,
        team_key,
        true as is_deleted_since,
        'deleted' as flow,
        deleted_count as deal_count,
        deleted_amount as amount
    from deletions
    where deleted_count > 0
    union all
    select
        date_day,
        team_key,
        is_deleted_since,
        'fx' as flow,
        0 as deal_count,
        fx_amount as amount
    from revaluations
    where fx_amount <> 0
)

select
    date_day,
    team_key,
    is_deleted_since,
    flow,
    cast(
        sum(case when flow in ('increased', 'decreased', 'fx') then 0 else deal_count end) as bigint
    ) as deal_count,
    cast(sum(amount) as decimal(18, 2)) as amount,
    -- What the flow does to the open deals and to their amount.
    cast(sum(
        case
            when flow in ('new', 'reopened', 'moved_in') then deal_count
            when flow in ('moved_out', 'won', 'lost', 'deleted') then -deal_count
            else 0
        end
    ) as bigint) as net_count,
    cast(sum(
        case
            when flow in ('fx', 'new', 'reopened', 'moved_in', 'increased') then amount
            else -amount
        end
    ) as decimal(18, 2)) as net_amount
from placed
group by date_day, team_key, is_deleted_since, flow
