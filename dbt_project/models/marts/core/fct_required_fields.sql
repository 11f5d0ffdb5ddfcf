-- Counts, not records: how often each required field of each owner's records is filled.
with required as (
    select * from {{ ref('required_fields') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

people as (
    select * from {{ ref('dim_person') }}
),

counted as (
    {{ count_filled('opportunity', 'opportunities', 'credited_owner_key', {
        'amount': 'amount is not null',
        'close_on': 'close_on is not null',
        'account': 'account_key is not null',
        'contact': 'person_key is not null',
        'owner': 'credited_owner_key is not null',
        'lead_source': 'lead_source is not null',
        'deal_type': "deal_type <> 'unknown'",
    }) }}
    union all
    {{ count_filled('account', 'accounts', 'owner_key', {
        'domain': 'domain is not null',
        'country': 'country_code is not null',
        'industry': 'industry is not null',
        'owner': 'owner_key is not null',
    }) }}
    union all
    {{ count_filled('person', 'people', 'owner_key', {
        'email': 'email is not null',
        'phone': 'phone is not null',
        'account': 'account_key is not null',
        'owner': 'owner_key is not null',
    }) }}
)

select
    counted.entity,
    counted.field,
    coalesce(counted.owner_key, 'unknown') as owner_key,
    counted.record_count,
    cast(counted.filled_count as bigint) as filled_count
from counted
-- The seed says which of them are asked for.
inner join required on counted.entity = required.entity and counted.field = required.field
