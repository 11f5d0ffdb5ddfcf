with scores as (
    select * from {{ ref('fct_customer_rfm') }}
    -- Where each stands now; the months before are in pub_customer_segments.
    where is_latest
),

accounts as (
    select * from {{ ref('dim_account') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

segments as (
    select * from {{ ref('rfm_segments') }}
)

select
    scores.account_key,
    accounts.account_name,
    accounts.country_code,
    accounts.industry,
    accounts.size_band,
    owners.owner_name,
    scores.measured_on,
    scores.last_won_on,
    scores.recency_days,
    scores.frequency,
    scores.monetary_amount,
    scores.recency_score,
    scores.frequency_score,
    scores.monetary_score,
    scores.segment,
    segments.label_en as segment_label_en,
    segments.label_es as segment_label_es,
    segments.label_pt as segment_label_pt,
    segments.advice,
    scores.segment_a_quarter_ago
from scores
left join accounts on scores.account_key = accounts.account_key
left join owners on accounts.owner_key = owners.owner_key
left join segments on scores.segment = segments.segment
