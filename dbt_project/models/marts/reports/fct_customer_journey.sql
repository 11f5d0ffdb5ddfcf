-- No text that people wrote and nothing about a person but our key. Sorts once, by account.
with accounts as (
    select * from {{ ref('dim_account') }}
),

people as (
    select * from {{ ref('dim_person') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

changes as (
    select * from {{ ref('fct_stage_changes') }}
),

activities as (
    select * from {{ ref('fct_activities') }}
    where is_completed
),

contracts as (
    select * from {{ ref('fct_contracts') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
),

tickets as (
    select * from {{ ref('fct_tickets') }}
),

surveys as (
    select * from {{ ref('fct_surveys') }}
),

{# The order of the kinds settles what happened at one instant. -#}
touches as (
    select
        account_key,
        'contact_created' as event_type,
        1 as event_order,
        created_at as occurred_at,
        person_key as record_key,
        person_key,
        cast(null as string) as opportunity_key,
        cast(null as string) as stage_key,
        owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from people
    union all
    select
        account_key,
        'lead' as event_type,
        2 as event_order,
        lead_at as occurred_at,
        person_key as record_key,
        person_key,
        cast(null as string) as opportunity_key,
        cast(null as string) as stage_key,
        owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from people
    union all
    select
        account_key,
        'marketing_qualified' as event_type,
        3 as event_order,
        marketing_qualified_at as occurred_at,
        person_key as record_key,
        person_key,
        cast(null as string) as opportunity_key,
        cast(null as string) as stage_key,
        owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from people
    union all
    select
        account_key,
        'qualified' as event_type,
        4 as event_order,
        qualified_at as occurred_at,
        person_key as record_key,
        person_key,
        cast(null as string) as opportunity_key,
        cast(null as string) as stage_key,
        owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from people
    union all
    select
        account_key,
        activity_type as event_type,
        5 as event_order,
        completed_at as occurred_at,
        activity_key as record_key,
        person_key,
        opportunity_key,
        cast(null as string) as stage_key,
        owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from activities
    union all
    select
        opportunities.account_key,
        'deal_created' as event_type,
        6 as event_order,
        opportunities.created_at as occurred_at,
        opportunities.opportunity_key as record_key,
        opportunities.person_key,
        opportunities.opportunity_key,
        first_changes.stage_key,
        opportunities.owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from opportunities
    left join changes as first_changes
        on
            opportunities.opportunity_key = first_changes.opportunity_key
            and first_changes.change_number = 1
    union all
    select
        opportunities.account_key,
        'stage_changed' as event_type,
        7 as event_order,
        changes.changed_at as occurred_at,
        concat_ws('|', changes.opportunity_key, cast(changes.change_number as string))
            as record_key,
        opportunities.person_key,
        changes.opportunity_key,
        changes.stage_key,
        opportunities.owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from changes
    inner join opportunities on changes.opportunity_key = opportunities.opportunity_key
    where
        changes.change_number > 1
        -- The last closing is the deal won or lost below; an earlier one was undone.
        and (
            not changes.is_closed
            or opportunities.closed_at is null
            or changes.changed_at < opportunities.closed_at
        )
    union all
    select
        account_key,
        case when is_won then 'won' else 'lost' end as event_type,
        8 as event_order,
        -- On the close date, as the KPIs have it; at the hour of closing if that was on it.
        case
            when {{ to_business_date('closed_at') }} = closed_on then closed_at
            else coalesce({{ business_day_start('closed_on') }}, closed_at)
        end as occurred_at,
        opportunity_key as record_key,
        person_key,
        opportunity_key,
        stage_key,
        credited_owner_key as owner_key,
        amount_base
    from opportunities
    where is_closed
    union all
    select
        account_key,
        'contract_started' as event_type,
        9 as event_order,
        {{ business_day_start('starts_on') }} as occurred_at,
        contract_key as record_key,
        cast(null as string) as person_key,
        cast(null as string) as opportunity_key,
        cast(null as string) as stage_key,
        cast(null as string) as owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from contracts
    union all
    select
        account_key,
        case when is_return then 'return' else 'order' end as event_type,
        10 as event_order,
        {{ business_day_start('ordered_on') }} as occurred_at,
        order_key as record_key,
        cast(null as string) as person_key,
        opportunity_key,
        cast(null as string) as stage_key,
        cast(null as string) as owner_key,
        amount_base
    from orders
    union all
    select
        account_key,
        'ticket_opened' as event_type,
        11 as event_order,
        opened_at as occurred_at,
        ticket_key as record_key,
        person_key,
        cast(null as string) as opportunity_key,
        cast(null as string) as stage_key,
        owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from tickets
    union all
    select
        account_key,
        'ticket_closed' as event_type,
        12 as event_order,
        closed_at as occurred_at,
        ticket_key as record_key,
        person_key,
        cast(null as string) as opportunity_key,
        cast(null as string) as stage_key,
        owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from tickets
    where is_closed
    union all
    select
        account_key,
        'survey_answered' as event_type,
        13 as event_order,
        answered_at as occurred_at,
        survey_key as record_key,
        person_key,
        cast(null as string) as opportunity_key,
        cast(null as string) as stage_key,
        cast(null as string) as owner_key,
        cast(null as decimal(18, 2)) as amount_base
    from surveys
),

dated as (
    select
        touches.account_key,
        touches.event_type,
        touches.event_order,
        touches.occurred_at,
        {{ to_business_date('touches.occurred_at') }} as occurred_on,
        touches.record_key,
        touches.person_key,
        touches.opportunity_key,
        touches.stage_key,
        touches.owner_key,
        touches.amount_base
    from touches
    -- Inner: touches of no account, or of an excluded one, are in nobody's journey.
    inner join accounts on touches.account_key = accounts.account_key
    -- What is planned has not happened.
    where touches.occurred_at <= {{ as_of() }}
),

numbered as (
    select
        account_key,
        event_type,
        occurred_at,
        occurred_on,
        record_key,
        person_key,
        opportunity_key,
        stage_key,
        owner_key,
        amount_base,
        row_number() over journey as event_number,
        lag(occurred_on) over journey as previous_on,
        first_value(occurred_on) over journey as first_on,
        count(*) filter (where event_type = 'won') over journey as purchases_so_far
    from dated
    window journey as (
        partition by account_key
        order by occurred_at asc, event_order asc, record_key asc
        rows between unbounded preceding and current row
    )
)

select
    account_key,
    event_number,
    event_type,
    occurred_at,
    occurred_on,
    cast({{ days_between('previous_on', 'occurred_on') }} as integer) as days_since_previous,
    cast({{ days_between('first_on', 'occurred_on') }} as integer) as days_since_first,
    purchases_so_far > 0 as is_customer,
    record_key,
    opportunity_key,
    stage_key,
    person_key,
    owner_key,
    amount_base
from numbered
