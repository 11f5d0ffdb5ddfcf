with at_risk as (
    select * from {{ ref('fct_customers_at_risk') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    at_risk.account_key,
    accounts.account_name,
    accounts.country_code,
    accounts.industry,
    accounts.size_band,
    owners.owner_name,
    at_risk.lapses_after,
    at_risk.held_by,
    at_risk.segment,
    at_risk.last_won_on,
    at_risk.monetary_amount,
    at_risk.is_lapsing,
    at_risk.is_in_segment_at_risk,
    at_risk.has_complained,
    at_risk.is_unsatisfied,
    at_risk.sign_count,
    at_risk.open_deal_count,
    at_risk.open_amount
from at_risk
left join accounts on at_risk.account_key = accounts.account_key
left join owners on accounts.owner_key = owners.owner_key
