select id as deal_id, amount from {{ source('raw_toy', 'deals') }}
