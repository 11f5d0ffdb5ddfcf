with goals as (
    select * from {{ ref('stg_hubspot__goal_targets') }}
    -- Goals on calls or tickets are no sales targets; deleted ones count for nobody.
    where not _is_deleted and coalesce(goal_type, 'sales_quota') = 'sales_quota'
),

portal as (
    select max(company_currency_code) as currency_code from {{ ref('stg_hubspot__account_info') }}
)

select
    'hubspot' as source_system,
    goals.goal_target_id as vendor_id,
    goals.owner_id as vendor_owner_id,
    -- The bounds are midnights, of UTC or of the portal's zone. The nearest day is right for both.
    cast({{ add_milliseconds('goals.starts_at', 43200000) }} as date) as period_start,
    cast({{ add_milliseconds('goals.ends_at', 43200001) }} as date) as period_end,
    goals.target_amount,
    coalesce(portal.currency_code, '{{ var("reporting_currency") }}') as currency_code
from goals
cross join portal
