-- What is open at the end of a day is what came in up to then less what went out: each version of a
-- deal adds its amount on its first day and takes it back on the day after its last. So no deal is
-- counted out day by day, and any day is one lookup.
with versions as (
    select * from {{ ref('fct_opportunity_versions') }}
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

-- Seen on a day: there before the day's end, and not gone before it. The run is the end of today.
open_versions as (
    select
        versions.opportunity_key,
        versions.amount,
        versions.currency_code,
        coalesce(versions.owner_key, 'unknown') as owner_key,
        coalesce(versions.team_key, 'unknown') as team_key,
        cast(stages.probability as decimal(18, 10)) as probability,
        {{ to_business_date('versions.valid_from') }} as first_on,
        case
            when versions.valid_to < {{ as_of() }} then {{ to_business_date('versions.valid_to') }}
            else {{ add_days(as_of_date(), 1) }}
        end as gone_on
    from versions
    left join stages on versions.stage_key = stages.stage_key
    where not versions.is_closed and versions.valid_from < {{ as_of() }}
),

-- A version that came and went between two ends of days is on none.
counted_spans as (
    select
        opportunity_key,
        owner_key,
        team_key,
        first_on,
        gone_on,
        1 as deals,
        0 as converted,
        0 as weighed,
        cast(0 as decimal(18, 2)) as amount_base,
        cast(0 as decimal(38, 10)) as weighted_base
    from open_versions
    where first_on < gone_on
),

dated_versions as (
    select
        open_versions.opportunity_key,
        open_versions.owner_key,
        open_versions.team_key,
        open_versions.amount,
        open_versions.currency_code,
        open_versions.probability,
        open_versions.first_on,
        open_versions.gone_on,
        first_rates.rate_to_base,
        coalesce(first_rates.span_number = last_rates.span_number, false) as has_one_rate
    from open_versions
    left join numbered_rates as first_rates
        on
            open_versions.currency_code = first_rates.currency_code
            and open_versions.first_on = first_rates.rate_on
    left join numbered_rates as last_rates
        on
            open_versions.currency_code = last_rates.currency_code
            and {{ add_days('open_versions.gone_on', -1) }} = last_rates.rate_on
    where open_versions.amount is not null and open_versions.first_on < open_versions.gone_on
),

-- Most versions see one rate only; comparing those with every span would cost far more.
converted_versions as (
    select
        opportunity_key,
        owner_key,
        team_key,
        probability,
        first_on,
        gone_on,
        {{ to_base_currency('amount', 'rate_to_base') }} as amount_base
    from dated_versions
    where has_one_rate
    union all
    select
        dated_versions.opportunity_key,
        dated_versions.owner_key,
        dated_versions.team_key,
        dated_versions.probability,
        greatest(dated_versions.first_on, rate_spans.first_on) as first_on,
        least(dated_versions.gone_on, rate_spans.gone_on) as gone_on,
        {{ to_base_currency('dated_versions.amount', 'rate_spans.rate_to_base') }} as amount_base
    from dated_versions
    inner join rate_spans
        on
            dated_versions.currency_code = rate_spans.currency_code
            and dated_versions.first_on < rate_spans.gone_on
            and dated_versions.gone_on > rate_spans.first_on
    where not dated_versions.has_one_rate
),

converted_spans as (
    select
        opportunity_key,
        owner_key,
        team_key,
        first_on,
        gone_on,
        0 as deals,
        1 as converted,
        case when probability is null then 0 else 1 end as weighed,
        amount_base,
        cast(round(coalesce(amount_base * probability, 0), 10) as decimal(38, 10)) as weighted_base
    from converted_versions
),

spans as (
    select * from counted_spans
    union all
    select * from converted_spans
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
    from spans
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
    from spans
),

-- A version that takes over what the last one had changes nothing.
deal_turns as (
    select
        turn_on,
        opportunity_key,
        owner_key,
        team_key,
        sum(deals) as deals,
        sum(converted) as converted,
        sum(weighed) as weighed,
        sum(amount_base) as amount_base,
        sum(weighted_base) as weighted_base
    from turns
    group by turn_on, opportunity_key, owner_key, team_key
    having
        sum(deals) <> 0
        or sum(converted) <> 0
        or sum(weighed) <> 0
        or sum(amount_base) <> 0
        or sum(weighted_base) <> 0
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
    from deal_turns
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
    from deal_turns
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
    where dimensions.dimension not in ('owner', 'team')
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
