with profitability as (
    select * from {{ ref('fct_customer_profitability') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    profitability.account_key,
    accounts.account_name,
    accounts.country_code,
    accounts.industry,
    accounts.size_band,
    owners.owner_name,
    profitability.won_count,
    profitability.net_sales,
    profitability.returned_amount,
    profitability.cost_of_goods,
    profitability.campaign_spend,
    profitability.contribution,
    profitability.margin,
    profitability.discount_given,
    profitability.share_without_cost,
    profitability.abc_class,
    profitability.cumulated_share
from profitability
left join accounts on profitability.account_key = accounts.account_key
left join owners on accounts.owner_key = owners.owner_key
