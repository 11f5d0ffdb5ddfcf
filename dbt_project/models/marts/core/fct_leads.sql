with people as (
    select * from {{ ref('dim_person') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
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

first_wins as (
    select
        leads.person_key,
        min(opportunities.closed_on) as first_won_on
    from leads
    inner join links on leads.person_key = links.person_key
    inner join opportunities
        on
            links.opportunity_key = opportunities.opportunity_key
            and leads.lead_on <= opportunities.closed_on
    where opportunities.is_won
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
    first_wins.first_won_on,
    first_wins.first_won_on is not null as is_converted,
    case
        when leads.is_qualified
            then cast({{ days_between('leads.lead_on', 'leads.qualified_on') }} as integer)
    end as days_to_qualification,
    cast({{ days_between('leads.lead_on', 'first_wins.first_won_on') }} as integer) as days_to_win,
    leads.lead_source,
    leads.campaign_key,
    accounts.country_code,
    leads.source_system
from leads
left join first_wins on leads.person_key = first_wins.person_key
left join accounts on leads.account_key = accounts.account_key
