with tickets as (
    select * from {{ ref('int_crm__tickets') }}
    -- Deleted, merged-away and internal tickets: see excluded_records. Those opened after the run's
    -- instant are of the future.
    where exclusion_reason is null and opened_at <= {{ as_of() }}
),

known as (
    select
        ticket_key,
        -- What came after the run's instant had not happened yet.
        case when first_reply_at <= {{ as_of() }} then first_reply_at end as first_reply_at,
        case when is_closed and closed_at <= {{ as_of() }} then closed_at end as closed_at
    from tickets
),

durations as (
    select
        tickets.ticket_key,
        {{ milliseconds_between('tickets.opened_at', 'known.first_reply_at') }}
            as reply_milliseconds,
        {{ milliseconds_between('tickets.opened_at', 'known.closed_at') }} as close_milliseconds
    from tickets
    inner join known on tickets.ticket_key = known.ticket_key
)

select
    tickets.ticket_key,
    tickets.subject,
    tickets.category,
    tickets.priority,
    tickets.account_key,
    tickets.person_key,
    tickets.owner_key,
    tickets.opened_at,
    {{ to_business_date('tickets.opened_at') }} as opened_on,
    known.first_reply_at,
    known.closed_at,
    {{ to_business_date('known.closed_at') }} as closed_on,
    known.closed_at is not null as is_closed,
    -- A reply or a close before the opening is a data error: no duration.
    case when durations.reply_milliseconds >= 0 then durations.reply_milliseconds end
        as first_response_milliseconds,
    case when durations.close_milliseconds >= 0 then durations.close_milliseconds end
        as resolution_milliseconds,
    case when durations.reply_milliseconds >= 0 then durations.reply_milliseconds / 3600000 end
        as first_response_hours,
    case when durations.close_milliseconds >= 0 then durations.close_milliseconds / 3600000 end
        as resolution_hours,
    tickets.source_system
from tickets
inner join known on tickets.ticket_key = known.ticket_key
inner join durations on tickets.ticket_key = durations.ticket_key
