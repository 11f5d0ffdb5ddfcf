with people as (
    select * from {{ ref('dim_person') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

activities as (
    select * from {{ ref('fct_activities') }}
),

links as (
    select * from {{ ref('int_crm__opportunity_people') }}
),

leads as (
    select
        person_key,
        account_key,
        owner_key,
        lead_at,
        marketing_qualified_at,
        qualified_at,
        lead_source,
        campaign_key,
        source_system,
        {{ to_business_date('lead_at') }} as lead_on,
        {{ to_business_date('qualified_at') }} as qualified_on,
        coalesce(qualified_at <= {{ as_of() }}, false) as is_qualified
    from people
    -- People who never entered as a lead are contacts only.
    where lead_at is not null
),

-- What a lead led to: deals created, and deals won, on the day of the lead or later.
outcomes as (
    select
        leads.person_key,
        min(
            case
                when
                    opportunities.created_on >= leads.lead_on
                    and opportunities.created_at < {{ as_of() }}
                    then opportunities.created_on
            end
        ) as first_opportunity_on,
        min(
            case
                when opportunities.is_won and opportunities.closed_on >= leads.lead_on
                    then opportunities.closed_on
            end
        ) as first_won_on,
        bool_or(not opportunities.is_closed and opportunities.created_on >= leads.lead_on)
            as has_open_opportunity
    from leads
    inner join links on leads.person_key = links.person_key
    inner join opportunities on links.opportunity_key = opportunities.opportunity_key
    group by leads.person_key
),

-- What came in is no answer, and a note or a task is not one to the person.
responses as (
    select
        leads.person_key,
        min(activities.completed_at) as first_response_at
    from leads
    inner join activities
        on
            leads.person_key = activities.person_key
            and leads.lead_at <= activities.completed_at
    where
        activities.activity_type in ('call', 'email', 'meeting')
        and activities.is_completed
    group by leads.person_key
)

select
    leads.person_key,
    leads.account_key,
    leads.owner_key,
    leads.lead_at,
    leads.lead_on,
    leads.marketing_qualified_at,
    leads.qualified_at,
    leads.is_qualified,
    outcomes.first_opportunity_on,
    outcomes.first_opportunity_on is not null as is_opportunity,
    coalesce(outcomes.has_open_opportunity, false) as has_open_opportunity,
    outcomes.first_won_on,
    outcomes.first_won_on is not null as is_converted,
    case
        when leads.is_qualified
            then cast({{ days_between('leads.lead_on', 'leads.qualified_on') }} as integer)
    end as days_to_qualification,
    cast({{ days_between('leads.lead_on', 'outcomes.first_opportunity_on') }} as integer)
        as days_to_opportunity,
    cast({{ days_between('leads.lead_on', 'outcomes.first_won_on') }} as integer) as days_to_win,
    responses.first_response_at,
    {{ whole_milliseconds('leads.lead_at', 'responses.first_response_at') }}
        as response_milliseconds,
    leads.lead_source,
    leads.campaign_key,
    accounts.country_code,
    leads.source_system
from leads
left join outcomes on leads.person_key = outcomes.person_key
left join responses on leads.person_key = responses.person_key
left join accounts on leads.account_key = accounts.account_key
