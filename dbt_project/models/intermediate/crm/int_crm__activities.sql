with activities as (
    select * from {{ ref('int_hubspot__activities_conformed') }}
    union all
    select * from {{ ref('int_salesforce__activities_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__activities_conformed') }}
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
),

account_ids as (
    select * from {{ ref('int_crm__account_ids') }}
),

accounts as (
    select * from {{ ref('int_crm__accounts') }}
),

-- What an activity needs to know of its person and its deal, looked up once and not per activity.
people as (
    select
        person_ids.source_system,
        person_ids.vendor_id,
        person_ids.person_key,
        people.account_key,
        people.exclusion_reason = 'test' as is_test
    from {{ ref('int_crm__person_ids') }} as person_ids
    left join {{ ref('int_crm__people') }} as people on person_ids.person_key = people.person_key
),

opportunities as (
    select
        opportunity_ids.source_system,
        opportunity_ids.vendor_id,
        opportunity_ids.opportunity_key,
        opportunities.account_key,
        opportunities.exclusion_reason = 'test' as is_test
    from {{ ref('int_crm__opportunity_ids') }} as opportunity_ids
    left join {{ ref('int_crm__opportunities') }} as opportunities
        on opportunity_ids.opportunity_key = opportunities.opportunity_key
),

-- The account that was named, else the deal's, else the person's.
linked as (
    select
        activities.source_system,
        activities.object_type,
        activities.vendor_id,
        activities.activity_type,
        activities.subject,
        activities.created_at,
        activities.due_at,
        -- What was done later was still to do.
        case when {{ existed('activities.completed_at') }} then activities.completed_at end
            as completed_at,
        activities.outcome,
        activities.is_deleted,
        owner_ids.owner_key,
        people.person_key,
        coalesce(account_ids.account_key, opportunities.account_key, people.account_key)
            as account_key,
        opportunities.opportunity_key,
        people.is_test as is_of_test_person,
        opportunities.is_test as is_of_test_opportunity
    from activities
    left join owner_ids
        on
            activities.source_system = owner_ids.source_system
            and activities.vendor_owner_id = owner_ids.vendor_id
    left join people
        on
            activities.source_system = people.source_system
            and activities.vendor_person_id = people.vendor_id
    left join account_ids
        on
            activities.source_system = account_ids.source_system
            and activities.vendor_account_id = account_ids.vendor_id
    left join opportunities
        on
            activities.source_system = opportunities.source_system
            and activities.vendor_opportunity_id = opportunities.vendor_id
)

select
    -- HubSpot's ids are unique in an object type, not across them.
    {{ vendor_key(
        'activity', "concat_ws('|', linked.source_system, linked.object_type)", 'linked.vendor_id'
    ) }} as activity_key,
    linked.activity_type,
    linked.subject,
    linked.owner_key,
    linked.person_key,
    linked.account_key,
    linked.opportunity_key,
    linked.created_at,
    linked.due_at,
    linked.completed_at,
    -- Once here: a dozen models ask for the day.
    {{ to_business_date('linked.completed_at') }} as completed_on,
    linked.outcome,
    linked.source_system,
    case
        when linked.is_deleted then 'deleted'
        when
            accounts.exclusion_reason = 'test'
            or linked.is_of_test_person
            or linked.is_of_test_opportunity
            then 'test'
    end as exclusion_reason
from linked
left join accounts on linked.account_key = accounts.account_key
