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

qualified as (
    select
        person_key,
        account_key,
        owner_key,
        qualified_at,
        {{ to_business_date('qualified_at') }} as qualified_on,
        lead_source,
        campaign_key,
        source_system
    from people
    -- Also people of whom nobody knows when they became a lead.
    where qualified_at <= {{ as_of() }}
),

first_wins as (
    select
        qualified.person_key,
        min(opportunities.closed_on) as first_won_on
    from qualified
    inner join links on qualified.person_key = links.person_key
    inner join opportunities
        on
            links.opportunity_key = opportunities.opportunity_key
            and qualified.qualified_on <= opportunities.closed_on
    where opportunities.is_won
    group by qualified.person_key
)

select
    qualified.person_key,
    qualified.account_key,
    qualified.owner_key,
    qualified.qualified_at,
    qualified.qualified_on,
    first_wins.first_won_on,
    first_wins.first_won_on is not null as is_converted,
    cast({{ days_between('qualified.qualified_on', 'first_wins.first_won_on') }} as integer)
        as days_to_win,
    qualified.lead_source,
    qualified.campaign_key,
    accounts.country_code,
    qualified.source_system
from qualified
left join first_wins on qualified.person_key = first_wins.person_key
left join accounts on qualified.account_key = accounts.account_key
