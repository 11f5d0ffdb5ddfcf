with goals as (
    select * from {{ ref('stg_hubspot__goal_targets') }}
    -- Goals on calls or tickets are no sales targets; deleted ones count for nobody.
    where not _is_deleted and coalesce(goal_type, 'sales_quota') = 'sales_quota'
),

amounts as (
    select
        record_id,
        changed_at,
        ordinal,
        try_cast(value as decimal(18, 2)) as target_amount
    from {{ ref('stg_hubspot__property_history') }}
    where object_type = 'goal_targets' and property = 'hs_target_amount' and not _is_deleted
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
    -- A goal that was read before its history was is known as it is today.
    case
        when amounts.record_id is null then goals.target_amount
        else amounts.target_amount
    end as target_amount,
    coalesce(portal.currency_code, '{{ var("reporting_currency") }}') as currency_code,
    amounts.changed_at,
    coalesce(amounts.ordinal, 0) as sequence_number
from goals
cross join portal
left join amounts on goals.goal_target_id = amounts.record_id
