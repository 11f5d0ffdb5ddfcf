-- From a number of the family `service` to the tickets behind it and to those left out. Change the
-- first step to the period that you ask about. As it stands: the tickets opened in the newest
-- year, with the time to the first reply, and those that no number counts.
--
--   first_response_hours   value = sum(hours) / count(hours) of the rows with in_denominator = 1
--   resolution_hours       the same by closed_on and resolution_milliseconds
--   ticket_backlog         opened before the end of the period, not closed before it
--   complaint_rate         category = 'complaint', over the deals won in 90 days
--   return_rate            fct_orders by ordered_on, not is_return; is_returned says which
with asked as (
    select max(period_start) as period_start
    from {{ ref('dim_period') }}
    where period_grain = 'year'
),

periods as (
    select * from {{ ref('dim_period') }}
),

tickets as (
    select * from {{ ref('fct_tickets') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

excluded as (
    select * from {{ ref('excluded_records') }}
),

opened as (
    select tickets.*
    from tickets
    cross join asked
    inner join periods
        on
            periods.period_grain = 'year'
            and asked.period_start = periods.period_start
            and tickets.opened_on >= periods.period_start
            and tickets.opened_on < periods.period_end
)

select
    case
        when opened.first_response_milliseconds is not null then 'counted'
        when opened.first_reply_at is null then 'no reply yet, or none on record'
        else 'replied before it was opened'
    end as part,
    opened.ticket_key as record_key,
    opened.subject,
    opened.category,
    accounts.account_name,
    opened.opened_at,
    opened.first_response_milliseconds,
    case when opened.first_response_milliseconds is not null then 1 else 0 end as in_denominator
from opened
left join accounts on opened.account_key = accounts.account_key
union all
select
    concat('excluded: ', excluded.reason) as part,
    excluded.record_key,
    cast(null as string) as subject,
    cast(null as string) as category,
    cast(null as string) as account_name,
    cast(null as timestamp) as opened_at,
    cast(null as bigint) as first_response_milliseconds,
    0 as in_denominator
from excluded
where excluded.entity = 'ticket'
order by part, record_key
