with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

tickets as (
    select
        tickets.*,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
    from {{ ref('fct_tickets') }} as tickets
    left join accounts on tickets.account_key = accounts.account_key
),

orders as (
    select
        orders.*,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
    from {{ ref('fct_orders') }} as orders
    left join accounts on orders.account_key = accounts.account_key
),

wins as (
    select
        opportunities.closed_on,
        opportunities.source_system,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
    from {{ ref('fct_opportunities') }} as opportunities
    left join accounts on opportunities.account_key = accounts.account_key
    where opportunities.is_won and opportunities.closed_on is not null
),

-- What adds up over the days of a period.
ticket_events as (
    select
        opened_on as date_day,
        source_system,
        country_code,
        industry,
        size_band,
        1 as opened,
        case when category = 'complaint' then 1 else 0 end as complained,
        first_response_milliseconds,
        cast(null as bigint) as resolution_milliseconds
    from tickets
    union all
    select
        closed_on as date_day,
        source_system,
        country_code,
        industry,
        size_band,
        0 as opened,
        0 as complained,
        cast(null as bigint) as first_response_milliseconds,
        resolution_milliseconds
    from tickets
    where is_closed
),

ticket_rows as (
    {{ by_dimension(
        'ticket_events',
        ['date_day', 'opened', 'complained', 'first_response_milliseconds', 'resolution_milliseconds'],
        {
            'country': 'country_code', 'industry': 'industry', 'size_band': 'size_band',
            'source_system': 'source_system'
        }
    ) }}
),

order_rows as (
    {{ by_dimension(
        'orders',
        ['ordered_on', 'is_return', 'is_returned', 'amount_base', 'returned_amount_base'],
        {'country': 'country_code', 'industry': 'industry', 'size_band': 'size_band'}
    ) }}
),

-- What stands on a day: open tickets, and the deals won in the 90 days that end with it. Each adds
-- on its first day and takes away on the day after its last.
changes as (
    select
        opened_on as change_day,
        source_system,
        country_code,
        industry,
        size_band,
        1 as backlog,
        0 as wins
    from tickets
    -- Open just before the run, not from its very instant on.
    where opened_at < {{ as_of() }}
    union all
    select
        -- A close before the opening is a data error: such a ticket was never open.
        greatest(opened_on, closed_on) as change_day,
        source_system,
        country_code,
        industry,
        size_band,
        -1 as backlog,
        0 as wins
    from tickets
    where closed_at < {{ as_of() }} and opened_at < {{ as_of() }}
    union all
    select
        closed_on as change_day,
        source_system,
        country_code,
        industry,
        size_band,
        0 as backlog,
        1 as wins
    from wins
    union all
    select
        {{ add_days('closed_on', 90) }} as change_day,
        source_system,
        country_code,
        industry,
        size_band,
        0 as backlog,
        -1 as wins
    from wins
),

-- One row per day and segment, before each is repeated for every dimension.
day_changes as (
    select
        change_day,
        source_system,
        country_code,
        industry,
        size_band,
        sum(backlog) as backlog,
        sum(wins) as wins
    from changes
    group by change_day, source_system, country_code, industry, size_band
),

change_rows as (
    {{ by_dimension(
        'day_changes', ['change_day', 'backlog', 'wins'],
        {
            'country': 'country_code', 'industry': 'industry', 'size_band': 'size_band',
            'source_system': 'source_system'
        }
    ) }}
),

measured_days as (
    select distinct measured_on
    from periods
),

segments as (
    select
        dimension,
        dimension_key
    from change_rows
    group by dimension, dimension_key
),

on_days as (
    select
        change_day,
        false as is_measured,
        dimension,
        dimension_key,
        sum(backlog) as backlog,
        sum(wins) as wins
    from change_rows
    group by change_day, dimension, dimension_key
    union all
    select
        measured_days.measured_on as change_day,
        true as is_measured,
        segments.dimension,
        segments.dimension_key,
        0 as backlog,
        0 as wins
    from measured_days
    cross join segments
),

running as (
    select
        change_day as measured_on,
        is_measured,
        dimension,
        dimension_key,
        sum(backlog) over (
            partition by dimension, dimension_key
            order by change_day asc, is_measured asc
            rows between unbounded preceding and current row
        ) as backlog,
        sum(wins) over (
            partition by dimension, dimension_key
            order by change_day asc, is_measured asc
            rows between unbounded preceding and current row
        ) as wins
    from on_days
),

placed as (
    select
        days.period_grain,
        days.period_start,
        ticket_rows.dimension,
        ticket_rows.dimension_key,
        ticket_rows.opened,
        ticket_rows.complained,
        ticket_rows.first_response_milliseconds,
        ticket_rows.resolution_milliseconds,
        0 as backlog,
        0 as wins,
        0 as sold,
        0 as returned,
        cast(0 as decimal(18, 2)) as sold_amount,
        cast(0 as decimal(18, 2)) as returned_amount
    from ticket_rows
    inner join days on ticket_rows.date_day = days.date_day
    union all
    select
        days.period_grain,
        days.period_start,
        order_rows.dimension,
        order_rows.dimension_key,
        0 as opened,
        0 as complained,
        cast(null as bigint) as first_response_milliseconds,
        cast(null as bigint) as resolution_milliseconds,
        0 as backlog,
        0 as wins,
        1 as sold,
        case when order_rows.is_returned then 1 else 0 end as returned,
        coalesce(order_rows.amount_base, 0) as sold_amount,
        coalesce(order_rows.returned_amount_base, 0) as returned_amount
    from order_rows
    inner join days on order_rows.ordered_on = days.date_day
    where not order_rows.is_return
    union all
    select
        periods.period_grain,
        periods.period_start,
        running.dimension,
        running.dimension_key,
        0 as opened,
        0 as complained,
        cast(null as bigint) as first_response_milliseconds,
        cast(null as bigint) as resolution_milliseconds,
        running.backlog,
        running.wins,
        0 as sold,
        0 as returned,
        cast(0 as decimal(18, 2)) as sold_amount,
        cast(0 as decimal(18, 2)) as returned_amount
    from periods
    inner join running on periods.measured_on = running.measured_on
    where running.is_measured and (running.backlog <> 0 or running.wins <> 0)
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        0 as opened,
        0 as complained,
        cast(null as bigint) as first_response_milliseconds,
        cast(null as bigint) as resolution_milliseconds,
        0 as backlog,
        0 as wins,
        0 as sold,
        0 as returned,
        cast(0 as decimal(18, 2)) as sold_amount,
        cast(0 as decimal(18, 2)) as returned_amount
    from periods
)

select
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_key as dimension_value,
    cast(sum(opened) as bigint) as ticket_count,
    cast(sum(complained) as bigint) as complaint_count,
    cast(sum(wins) as bigint) as won_count_90_days,
    cast(sum(backlog) as bigint) as backlog_count,
    count(first_response_milliseconds) as answered_count,
    cast(coalesce(sum(first_response_milliseconds), 0) as bigint) as first_response_milliseconds,
    {{ percentile(0.5, 'first_response_milliseconds') }} / 3600000 as first_response_hours_median,
    {{ percentile(0.75, 'first_response_milliseconds') }} / 3600000 as first_response_hours_p75,
    {{ percentile(0.9, 'first_response_milliseconds') }} / 3600000 as first_response_hours_p90,
    count(resolution_milliseconds) as resolved_count,
    cast(coalesce(sum(resolution_milliseconds), 0) as bigint) as resolution_milliseconds,
    {{ percentile(0.5, 'resolution_milliseconds') }} / 3600000 as resolution_hours_median,
    {{ percentile(0.75, 'resolution_milliseconds') }} / 3600000 as resolution_hours_p75,
    {{ percentile(0.9, 'resolution_milliseconds') }} / 3600000 as resolution_hours_p90,
    cast(sum(sold) as bigint) as sold_order_count,
    cast(sum(returned) as bigint) as returned_order_count,
    cast(sum(sold_amount) as decimal(28, 2)) as sold_amount,
    cast(sum(returned_amount) as decimal(28, 2)) as returned_amount
from placed
group by period_grain, period_start, dimension, dimension_key
