with tickets as (
    select * from {{ ref('int_crm__tickets') }}
    -- Deleted, merged-away and internal tickets: see excluded_records.
    where exclusion_reason is null
),

durations as (
    select
        ticket_key,
        {{ seconds_between('opened_at', 'first_reply_at') }} / 3600 as reply_hours,
        case when is_closed then {{ seconds_between('opened_at', 'closed_at') }} / 3600 end
            as close_hours
    from tickets
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
    tickets.first_reply_at,
    tickets.closed_at,
    tickets.is_closed,
    -- A reply or a close before the opening is a data error: no duration.
    case when durations.reply_hours >= 0 then durations.reply_hours end as first_response_hours,
    case when durations.close_hours >= 0 then durations.close_hours end as resolution_hours,
    tickets.source_system
from tickets
inner join durations on tickets.ticket_key = durations.ticket_key
