with churned as (
    select * from {{ ref('fct_customer_churn') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    churned.account_key,
    accounts.account_name,
    accounts.country_code,
    accounts.industry,
    accounts.size_band,
    owners.owner_name,
    churned.month_start,
    churned.lost_on,
    churned.customer_since,
    churned.last_won_on,
    churned.amount_two_years,
    churned.reason,
    churned.reason_source,
    churned.lost_opportunity_key,
    churned.won_back_on
from churned
left join accounts on churned.account_key = accounts.account_key
left join owners on accounts.owner_key = owners.owner_key
