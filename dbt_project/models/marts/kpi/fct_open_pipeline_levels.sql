-- What is open at the end of a day is what came in up to then less what went out: each interval of
-- a deal adds its amount on its first day and takes it back on the day after its last. So no deal
-- is counted out day by day, and any day is one lookup.
with intervals as (
    select * from {{ ref('fct_pipeline_intervals') }}
    -- As the KPIs count: what was deleted since is in none of them.
    where not is_closed and not is_deleted_since
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

changed_rates as (
    select
        currency_code,
        rate_on,
        rate_to_base,
        case
            when
                rate_to_base = lag(rate_to_base) over in_order
                and rate_on = {{ add_days('lag(rate_on) over in_order', 1) }}
                then 0
            else 1
        end as is_change
    from rates
    window in_order as (partition by currency_code order by rate_on asc)
),

numbered_rates as (
    select
        currency_code,
        rate_on,
        rate_to_base,
        sum(is_change) over (partition by currency_code order by rate_on asc) as span_number
    from changed_rates
),

-- Spans of days on which a currency's rate, and so a deal's amount in base, stays what it is.
rate_spans as (
    select
        currency_code,
        min(rate_on) as first_on,
        {{ add_days('max(rate_on)', 1) }} as gone_on,
        max(rate_to_base) as rate_to_base
    from numbered_rates
    group by currency_code, span_number
),

open_intervals as (
    select
        intervals.opportunity_key,
        intervals.amount,
        intervals.currency_code,
        coalesce(intervals.owner_key, 'unknown') as owner_key,
        coalesce(intervals.team_key, 'unknown') as team_key,
        stages.probability,
        intervals.valid_from_on as first_on,
        {{ add_days('intervals.valid_to_on', 1) }} as gone_on,
        first_rates.rate_to_base,
        coalesce(first_rates.span_number = last_rates.span_number, false) as has_one_rate
    from intervals
    left join stages on intervals.stage_key = stages.stage_key
    left join numbered_rates as first_rates
        on
            intervals.currency_code = first_rates.currency_code
            and intervals.valid_from_on = first_rates.rate_on
    left join numbered_rates as last_rates
        on
            intervals.currency_code = last_rates.currency_code
            and intervals.valid_to_on = last_rates.rate_on
),

-- Most intervals see one rate only; comparing those with every span would cost far more. Of the
-- others the deal is counted for the whole of it, its amount at each rate.
spans as (
    select
        opportunity_key,
        owner_key,
        team_key,
        probability,
        first_on,
        gone_on,
        1 as deals,
        {{ to_base_currency('amount', 'rate_to_base') }} as amount_base
    from open_intervals
    where has_one_rate
    union all
    select
        opportunity_key,
        owner_key,
        team_key,
        probability,
        first_on,
        gone_on,
        1 as deals,
        cast(null as decimal(18, 2)) as amount_base
    from open_intervals
    where not has_one_rate
    union all
    select
        open_intervals.opportunity_key,
        open_intervals.owner_key,
        open_intervals.team_key,
        open_intervals.probability,
        greatest(open_intervals.first_on, rate_spans.first_on) as first_on,
        least(open_intervals.gone_on, rate_spans.gone_on) as gone_on,
        0 as deals,
        {{ to_base_currency('open_intervals.amount', 'rate_spans.rate_to_base') }} as amount_base
    from open_intervals
    inner join rate_spans
        on
            open_intervals.currency_code = rate_spans.currency_code
            and open_intervals.first_on < rate_spans.gone_on
            and open_intervals.gone_on > rate_spans.first_on
    where not open_intervals.has_one_rate and open_intervals.amount is not null
),

measured_spans as (
    select
        opportunity_key,
        owner_key,
        team_key,
        first_on,
        gone_on,
        deals,
        case when amount_base is null then 0 else 1 end as converted,
        case when amount_base is null or probability is null then 0 else 1 end as weighed,
        coalesce(amount_base, 0) as amount_base,
        coalesce({{ weighted_amount('amount_base', 'probability') }}, 0) as weighted_base
    from spans
),

turns as (
    select
        first_on as turn_on,
        opportunity_key,
        owner_key,
        team_key,
        deals,
        converted,
        weighed,
        amount_base,
        weighted_base
    from measured_spans
    union all
    select
        gone_on as turn_on,
        opportunity_key,
        owner_key,
        team_key,
        -deals as deals,
        -converted as converted,
        -weighed as weighed,
        -amount_base as amount_base,
        -weighted_base as weighted_base
    from measured_spans
),

-- One interval of a deal mostly begins on the day after another's last: what the deal's owners have
-- no part in is what the two differ by.
deal_turns as (
    select
        turn_on,
        opportunity_key,
        sum(deals) as deals,
        sum(converted) as converted,
        sum(weighed) as weighed,
        sum(amount_base) as amount_base,
        sum(weighted_base) as weighted_base
    from turns
    group by turn_on, opportunity_key
),

-- The owner of that day, not today's, has the credit; what else describes a deal is today's.
daily_turns as (
    select
        turn_on,
        'owner' as dimension,
        owner_key as dimension_key,
        sum(deals) as deals,
        sum(converted) as converted,
        sum(weighed) as weighed,
        sum(amount_base) as amount_base,
        sum(weighted_base) as weighted_base
    from turns
    group by turn_on, owner_key
    union all
    select
        turn_on,
        'team' as dimension,
        team_key as dimension_key,
        sum(deals) as deals,
        sum(converted) as converted,
        sum(weighed) as weighed,
        sum(amount_base) as amount_base,
        sum(weighted_base) as weighted_base
    from turns
    group by turn_on, team_key
    union all
    select
        deal_turns.turn_on,
        dimensions.dimension,
        dimensions.dimension_key,
        sum(deal_turns.deals) as deals,
        sum(deal_turns.converted) as converted,
        sum(deal_turns.weighed) as weighed,
        sum(deal_turns.amount_base) as amount_base,
        sum(deal_turns.weighted_base) as weighted_base
    from deal_turns
    inner join dimensions on deal_turns.opportunity_key = dimensions.opportunity_key
    where
        dimensions.dimension not in ('owner', 'team')
        and (
            deal_turns.deals <> 0
            or deal_turns.converted <> 0
            or deal_turns.weighed <> 0
            or deal_turns.amount_base <> 0
            or deal_turns.weighted_base <> 0
        )
    group by deal_turns.turn_on, dimensions.dimension, dimensions.dimension_key
),

levels as (
    select
        dimension,
        dimension_key,
        turn_on as first_on,
        lead(turn_on) over (
            partition by dimension, dimension_key order by turn_on asc
        ) as gone_on,
        sum(deals) over so_far as deal_count,
        sum(converted) over so_far as converted_count,
        sum(weighed) over so_far as weighed_count,
        sum(amount_base) over so_far as amount_base,
        sum(weighted_base) over so_far as weighted_base
    from daily_turns
    -- What one deal takes away another may bring on the same day.
    where deals <> 0 or converted <> 0 or weighed <> 0 or amount_base <> 0 or weighted_base <> 0
    window so_far as (
        partition by dimension, dimension_key
        order by turn_on asc
        rows between unbounded preceding and current row
    )
)

select
    dimension,
    dimension_key,
    first_on,
    gone_on,
    cast(deal_count as bigint) as deal_count,
    cast(converted_count as bigint) as converted_count,
    cast(weighed_count as bigint) as weighed_count,
    cast(amount_base as decimal(38, 2)) as amount_base,
    cast(weighted_base as decimal(38, 10)) as weighted_base
from levels
-- Days on which nothing was open have no row.
where deal_count > 0
