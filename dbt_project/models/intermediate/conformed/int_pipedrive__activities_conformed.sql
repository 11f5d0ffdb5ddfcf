with activities as (
    select * from {{ ref('stg_pipedrive__activities') }}
)

select
    'pipedrive' as source_system,
    'activities' as object_type,
    activity_id as vendor_id,
    case activity_type
        when 'call' then 'call'
        when 'email' then 'email'
        when 'meeting' then 'meeting'
        when 'lunch' then 'meeting'
        else 'task'
    end as activity_type,
    subject,
    owner_id as vendor_owner_id,
    person_id as vendor_person_id,
    organization_id as vendor_account_id,
    deal_id as vendor_opportunity_id,
    created_at,
    -- A time of day is UTC; a day without one begins where the business is.
    case
        when due_time is not null
            then try_cast(concat_ws(' ', cast(due_on as string), due_time) as timestamp)
        else {{ business_day_start('due_on') }}
    end as due_at,
    case when is_done then done_at end as completed_at,
    cast(null as string) as outcome,
    _is_deleted as is_deleted
from activities
