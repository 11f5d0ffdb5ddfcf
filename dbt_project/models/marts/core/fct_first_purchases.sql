with opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

people as (
    select * from {{ ref('dim_person') }}
),

activities as (
    select * from {{ ref('fct_activities') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

first_purchases as (
    select
        account_key,
        opportunity_key,
        closed_on as first_won_on
    from opportunities
    where is_first_purchase
),

contact_days as (
    select
        account_key,
        min({{ to_business_date('created_at') }}) as contact_on
    from people
    group by account_key
    union all
    select
        account_key,
        min({{ to_business_date('lead_at') }}) as contact_on
    from people
    group by account_key
    union all
    select
        account_key,
        min(created_on) as contact_on
    from opportunities
    group by account_key
    union all
    -- Also what came in: an e-mail of theirs is a contact.
    select
        account_key,
        min(completed_on) as contact_on
    from activities
    where is_completed
    group by account_key
),

first_contacts as (
    select
        account_key,
        min(contact_on) as first_contact_on
    from contact_days
    where account_key is not null
    group by account_key
)

select
    first_purchases.account_key,
    first_purchases.opportunity_key,
    first_contacts.first_contact_on,
    first_purchases.first_won_on,
    -- A purchase before any contact that we know of: no duration.
    case
        when first_contacts.first_contact_on <= first_purchases.first_won_on
            then
                cast(
                    {{ days_between(
                        'first_contacts.first_contact_on', 'first_purchases.first_won_on'
                    ) }} as integer
                )
    end as journey_days,
    accounts.country_code,
    accounts.industry,
    accounts.size_band
from first_purchases
left join first_contacts on first_purchases.account_key = first_contacts.account_key
left join accounts on first_purchases.account_key = accounts.account_key
