with tickets as (
    select * from {{ ref('int_hubspot__tickets_conformed') }}
    union all
    select * from {{ ref('int_salesforce__tickets_conformed') }}
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
),

person_ids as (
    select
        source_system,
        vendor_id,
        person_key
    from {{ ref('int_crm__person_ids') }}
),

account_ids as (
    select * from {{ ref('int_crm__account_ids') }}
),

people as (
    select * from {{ ref('int_crm__people') }}
),

accounts as (
    select * from {{ ref('int_crm__accounts') }}
),

linked as (
    select
        tickets.source_system,
        tickets.vendor_id,
        tickets.merged_into_id,
        tickets.is_deleted,
        tickets.subject,
        tickets.category,
        tickets.priority,
        tickets.opened_at,
        -- What was answered or closed later was still waiting, or open.
        case when {{ existed('tickets.first_reply_at') }} then tickets.first_reply_at end
            as first_reply_at,
        tickets.closed_at,
        tickets.is_closed and {{ existed('tickets.closed_at') }} as is_closed,
        owner_ids.owner_key,
        person_ids.person_key,
        people.exclusion_reason = 'test' as is_of_test_person,
        -- The account that was named, else the person's.
        coalesce(account_ids.account_key, people.account_key) as account_key
    from tickets
    left join owner_ids
        on
            tickets.source_system = owner_ids.source_system
            and tickets.vendor_owner_id = owner_ids.vendor_id
    left join person_ids
        on
            tickets.source_system = person_ids.source_system
            and tickets.vendor_person_id = person_ids.vendor_id
    left join account_ids
        on
            tickets.source_system = account_ids.source_system
            and tickets.vendor_account_id = account_ids.vendor_id
    left join people on person_ids.person_key = people.person_key
)

select
    {{ vendor_key('ticket', 'linked.source_system', 'linked.vendor_id') }} as ticket_key,
    linked.subject,
    linked.category,
    linked.priority,
    linked.account_key,
    linked.person_key,
    linked.owner_key,
    linked.opened_at,
    linked.first_reply_at,
    case when linked.is_closed then linked.closed_at end as closed_at,
    linked.is_closed,
    linked.source_system,
    case
        when linked.merged_into_id is not null and linked.is_deleted then 'merged'
        when linked.is_deleted then 'deleted'
        when accounts.exclusion_reason = 'test' or linked.is_of_test_person then 'test'
    end as exclusion_reason
from linked
left join accounts on linked.account_key = accounts.account_key
