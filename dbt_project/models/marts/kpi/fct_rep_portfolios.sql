with periods as (
    select * from {{ ref('dim_period') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

spans as (
    select * from {{ ref('fct_customer_spans') }}
    where basis = 'any'
),

-- A day's customers of a rep are those that have come so far less those that have gone.
turns as (
    select
        accounts.owner_key,
        spans.active_from as date_day,
        1 as turn
    from spans
    inner join accounts on spans.account_key = accounts.account_key
    where accounts.owner_key is not null
    union all
    select
        accounts.owner_key,
        {{ add_days('spans.active_to', 1) }} as date_day,
        -1 as turn
    from spans
    inner join accounts on spans.account_key = accounts.account_key
    where accounts.owner_key is not null
),

ends as (
    select measured_on
    from periods
    where period_grain <> 'day'
    group by measured_on
),

account_owners as (
    select owner_key
    from turns
    group by owner_key
),

changes as (
    select
        owner_key,
        date_day,
        sum(turn) as turn,
        0 as is_end
    from turns
    group by owner_key, date_day
    union all
    select
        account_owners.owner_key,
        ends.measured_on as date_day,
        0 as turn,
        1 as is_end
    from account_owners
    cross join ends
),

balances as (
    select
        owner_key,
        date_day,
        is_end,
        sum(turn) over (
            partition by owner_key
            order by date_day asc
            range between unbounded preceding and current row
        ) as account_count
    from changes
)

select
    periods.period_grain,
    periods.period_start,
    periods.measured_on,
    balances.owner_key,
    owners.owner_name,
    owners.team_key,
    owners.team_name,
    cast(balances.account_count as bigint) as account_count
from balances
inner join periods on balances.date_day = periods.measured_on
left join owners on balances.owner_key = owners.owner_key
where
    balances.is_end = 1
    and balances.account_count > 0
    and periods.period_grain <> 'day'
