-- No text that people wrote and nothing about a person but our key. Sorts once, by account.
{# What a record may tell beside who, what and when; null where its kind does not. -#}
{% set details = {
    'person_key': 'string', 'opportunity_key': 'string', 'stage_key': 'string',
    'owner_key': 'string', 'amount_base': 'decimal(18, 2)',
} -%}
{% set of_person = ['person_key', 'owner_key'] -%}
{% set of_deal = ['person_key', 'opportunity_key', 'stage_key', 'owner_key'] -%}
{# The order of the kinds settles what happened at one instant: type, relation, key of the record,
   instant, its day, and the details that the relation has. -#}
{% set kinds = [
    ("'contact_created'", 'people', 'person_key', 'created_at', none, of_person),
    ("'lead'", 'people', 'person_key', 'lead_at', none, of_person),
    ("'marketing_qualified'", 'people', 'person_key', 'marketing_qualified_at', none, of_person),
    ("'qualified'", 'people', 'person_key', 'qualified_at', none, of_person),
    (
        'activity_type', 'activities', 'activity_key', 'completed_at', 'completed_on',
        ['person_key', 'opportunity_key', 'owner_key']
    ),
    ("'deal_created'", 'creations', 'opportunity_key', 'created_at', 'created_on', of_deal),
    ("'stage_changed'", 'moves', 'record_key', 'changed_at', 'changed_on', of_deal),
    ('outcome', 'closings', 'opportunity_key', 'occurred_at', none, of_deal + ['amount_base']),
    ("'contract_started'", 'contracts', 'contract_key', business_day_start('starts_on'), none, []),
    (
        "case when is_return then 'return' else 'order' end", 'orders', 'order_key',
        business_day_start('ordered_on'), none, ['opportunity_key', 'amount_base']
    ),
    ("'ticket_opened'", 'tickets', 'ticket_key', 'opened_at', 'opened_on', of_person),
    ("'ticket_closed'", 'closed_tickets', 'ticket_key', 'closed_at', 'closed_on', of_person),
    ("'survey_answered'", 'surveys', 'survey_key', 'answered_at', 'answered_on', ['person_key']),
] -%}
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

closed_tickets as (
    select * from tickets
    where is_closed
),

surveys as (
    select * from {{ ref('fct_surveys') }}
),

creations as (
    select
        opportunities.opportunity_key,
        opportunities.account_key,
        opportunities.person_key,
        opportunities.owner_key,
        opportunities.created_at,
        opportunities.created_on,
        changes.stage_key
    from opportunities
    left join changes
        on
            opportunities.opportunity_key = changes.opportunity_key
            and changes.change_number = 1
),

moves as (
    select
        concat_ws('|', changes.opportunity_key, cast(changes.change_number as string))
            as record_key,
        changes.opportunity_key,
        opportunities.account_key,
        opportunities.person_key,
        opportunities.owner_key,
        changes.changed_at,
        changes.changed_on,
        changes.stage_key
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
),

closings as (
    select
        opportunity_key,
        account_key,
        person_key,
        credited_owner_key as owner_key,
        case when is_won then 'won' else 'lost' end as outcome,
        -- On the close date, as the KPIs have it; at the hour of closing if that was on it.
        case
            when {{ to_business_date('closed_at') }} = closed_on then closed_at
            else coalesce({{ business_day_start('closed_on') }}, closed_at)
        end as occurred_at,
        stage_key,
        amount_base
    from opportunities
    where is_closed
),

touches as (
    {%- for event_type, relation, record_key, occurred_at, occurred_on, known in kinds %}
        select
            account_key,
            {{ event_type }} as event_type,
            {{ loop.index }} as event_order,
            {{ occurred_at }} as occurred_at,
            {{ occurred_on or to_business_date(occurred_at) }} as occurred_on,
            {% for name, type in details.items() -%}
                {{ name if name in known else 'cast(null as ' ~ type ~ ') as ' ~ name }},
            {% endfor -%}
            {{ record_key }} as record_key
        from {{ relation }}
        -- What is planned has not happened.
        where {{ occurred_at }} <= {{ as_of() }}
        {{ "union all" if not loop.last }}
    {%- endfor %}
),

numbered as (
    select
        touches.*,
        row_number() over journey as event_number,
        lag(touches.occurred_on) over journey as previous_on,
        first_value(touches.occurred_on) over journey as first_on,
        -- Not a count with a filter: over a frame that grows, that reads the account from its first
        -- event for each of its events.
        max(case when touches.event_type = 'won' then 1 else 0 end) over journey as has_bought
    from touches
    -- Inner: touches of no account, or of an excluded one, are in nobody's journey.
    inner join accounts on touches.account_key = accounts.account_key
    window journey as (
        partition by touches.account_key
        order by touches.occurred_at asc, touches.event_order asc, touches.record_key asc
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
    has_bought = 1 as is_customer,
    record_key,
    opportunity_key,
    stage_key,
    person_key,
    owner_key,
    amount_base
from numbered
