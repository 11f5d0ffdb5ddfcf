-- Who became a customer and who ceased to be one, compared on two days only: the one before the
-- period and its last. Who left and came back in between did neither.
with spans as (
    select * from {{ ref('fct_customer_spans') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
    -- Whether customers stay is no question of days or weeks.
    where period_grain in ('month', 'quarter', 'year')
),

periods as (
    select
        period_grain,
        period_start,
        {{ add_days('period_start', -1) }} as start_day,
        measured_on as end_day
    from {{ ref('dim_period') }}
),

changes as (
    select
        'lost' as movement,
        basis,
        account_key,
        span_number,
        {{ add_days('active_to', 1) }} as changed_on,
        active_from,
        active_to
    from spans
    union all
    select
        'gained' as movement,
        basis,
        account_key,
        span_number,
        active_from as changed_on,
        active_from,
        active_to
    from spans
),

candidates as (
    select
        changes.movement,
        changes.basis,
        changes.account_key,
        changes.span_number,
        changes.changed_on,
        days.period_grain,
        days.period_start,
        -- The day on which the account must not be a customer.
        case when changes.movement = 'lost' then periods.end_day else periods.start_day end
            as absent_on
    from changes
    inner join days on changes.changed_on = days.date_day
    inner join periods
        on
            days.period_grain = periods.period_grain
            and days.period_start = periods.period_start
    where
        changes.changed_on <= periods.end_day
        and (
            (changes.movement = 'lost' and changes.active_from <= periods.start_day)
            or (changes.movement = 'gained' and changes.active_to >= periods.end_day)
        )
),

-- Active on that day after all, by another span.
present as (
    select
        candidates.movement,
        candidates.basis,
        candidates.account_key,
        candidates.span_number,
        candidates.period_grain
    from candidates
    inner join spans
        on
            candidates.basis = spans.basis
            and candidates.account_key = spans.account_key
            and candidates.absent_on >= spans.active_from
            and candidates.absent_on <= spans.active_to
)

select
    candidates.basis,
    candidates.period_grain,
    candidates.period_start,
    candidates.account_key,
    candidates.movement,
    candidates.changed_on,
    candidates.span_number
from candidates
left join present
    on
        candidates.movement = present.movement
        and candidates.basis = present.basis
        and candidates.account_key = present.account_key
        and candidates.span_number = present.span_number
        and candidates.period_grain = present.period_grain
where present.account_key is null
