-- The events of an account are numbered without a gap, and the first contact among them is the one
-- from which customer_journey_days counts; the first win among them is the one to which it counts.
with journey as (
    select * from {{ ref('fct_customer_journey') }}
),

first_purchases as (
    select * from {{ ref('fct_first_purchases') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

summed as (
    select
        account_key,
        count(*) as event_count,
        min(event_number) as first_number,
        max(event_number) as last_number,
        min(occurred_on) as first_on,
        min(occurred_on) filter (where event_number = 1) as numbered_first_on,
        min(occurred_on) filter (
            where event_type in (
                'contact_created', 'lead', 'deal_created', 'call', 'email', 'incoming_email',
                'meeting', 'note', 'task'
            )
        ) as first_contact_on,
        min(occurred_on) filter (where event_type = 'won') as first_won_on
    from journey
    group by account_key
)

select
    summed.account_key,
    summed.first_on,
    summed.first_contact_on,
    first_purchases.first_contact_on as expected_contact_on
from summed
left join first_purchases on summed.account_key = first_purchases.account_key
where
    summed.first_number <> 1
    or summed.last_number <> summed.event_count
    or summed.first_on <> summed.numbered_first_on
    or (
        first_purchases.account_key is not null
        and summed.first_contact_on is distinct from first_purchases.first_contact_on
    )
    or summed.first_won_on < first_purchases.first_won_on
union all
-- An account that bought has a journey.
select
    first_purchases.account_key,
    cast(null as date) as first_on,
    cast(null as date) as first_contact_on,
    first_purchases.first_contact_on as expected_contact_on
from first_purchases
inner join accounts on first_purchases.account_key = accounts.account_key
left join summed on first_purchases.account_key = summed.account_key
where
    first_purchases.first_won_on <= {{ as_of_date() }}
    and summed.first_won_on is distinct from first_purchases.first_won_on
