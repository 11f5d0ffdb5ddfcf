with hubspot as (
    select * from {{ ref('int_hubspot__surveys_conformed') }}
),

sheets as (
    select * from {{ ref('int_spreadsheets__surveys_conformed') }}
),

surveys as (
    select
        source_system,
        vendor_id,
        is_deleted,
        survey_id,
        survey_name,
        survey_type,
        score,
        vendor_person_id,
        vendor_ticket_id,
        cast(null as string) as respondent_email,
        answered_at
    from hubspot
    union all
    select
        source_system,
        vendor_id,
        is_deleted,
        survey_id,
        survey_name,
        survey_type,
        score,
        cast(null as string) as vendor_person_id,
        cast(null as string) as vendor_ticket_id,
        respondent_email,
        answered_at
    from sheets
),

person_ids as (
    select
        source_system,
        vendor_id,
        person_key
    from {{ ref('int_crm__person_ids') }}
),

people as (
    select * from {{ ref('int_crm__people') }}
),

-- A sheet knows who answered by the address alone; one that several people share is nobody's.
addresses as (
    select
        lower(email) as email,
        min(person_key) as person_key
    from people
    where email is not null
    group by lower(email)
    having count(*) = 1
),

tickets as (
    select * from {{ ref('int_crm__tickets') }}
),

linked as (
    select
        surveys.source_system,
        surveys.vendor_id,
        surveys.is_deleted,
        surveys.survey_id,
        surveys.survey_name,
        surveys.survey_type,
        surveys.score,
        surveys.answered_at,
        tickets.ticket_key,
        -- Who answered, else who opened the ticket that was asked about.
        coalesce(person_ids.person_key, addresses.person_key, tickets.person_key) as person_key,
        tickets.account_key as ticket_account_key,
        tickets.exclusion_reason = 'test' as is_of_test_ticket
    from surveys
    left join person_ids
        on
            surveys.source_system = person_ids.source_system
            and surveys.vendor_person_id = person_ids.vendor_id
    left join addresses on surveys.respondent_email = addresses.email
    left join tickets
        on
            tickets.ticket_key
            = {{ vendor_key('ticket', 'surveys.source_system', 'surveys.vendor_ticket_id') }}
    -- Answers that came later are none yet.
    where {{ existed('surveys.answered_at') }}
)

select
    {{ vendor_key('survey', 'linked.source_system', 'linked.vendor_id') }} as survey_key,
    linked.survey_id,
    linked.survey_name,
    linked.survey_type,
    linked.score,
    linked.person_key,
    coalesce(people.account_key, linked.ticket_account_key) as account_key,
    linked.ticket_key,
    linked.answered_at,
    case
        when linked.is_deleted then 'deleted'
        when people.exclusion_reason = 'test' or linked.is_of_test_ticket then 'test'
    end as exclusion_reason
from linked
left join people on linked.person_key = people.person_key
