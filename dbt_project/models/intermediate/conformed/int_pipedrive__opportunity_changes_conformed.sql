with deals as (
    select * from {{ ref('stg_pipedrive__deals') }}
),

stages as (
    select * from {{ ref('stg_pipedrive__stages') }}
),

logged as (
    select * from {{ ref('stg_pipedrive__deal_changes') }}
    where
        not _is_deleted
        and field_key in ('stage_id', 'status', 'value', 'expected_close_date', 'user_id')
),

-- The creation is not logged: what a field began with is what its oldest change replaced, or what
-- it holds today when it never changed.
oldest as (
    select
        deal_id,
        field_key,
        old_value,
        row_number() over (partition by deal_id, field_key order by changed_at, ordinal) as choice
    from logged
),

beginnings as (
    select
        deal_id,
        count_if(field_key = 'stage_id') > 0 as has_stage,
        max(old_value) filter (where field_key = 'stage_id') as stage_id,
        count_if(field_key = 'status') > 0 as has_status,
        max(old_value) filter (where field_key = 'status') as status,
        count_if(field_key = 'value') > 0 as has_amount,
        max(old_value) filter (where field_key = 'value') as amount,
        count_if(field_key = 'expected_close_date') > 0 as has_close_on,
        max(old_value) filter (where field_key = 'expected_close_date') as close_on,
        count_if(field_key = 'user_id') > 0 as has_owner,
        max(old_value) filter (where field_key = 'user_id') as owner_id
    from oldest
    where choice = 1
    group by deal_id
),

events as (
    select
        deals.deal_id,
        deals.created_at as changed_at,
        -1 as ordinal,
        true as sets_stage,
        case when beginnings.has_stage then beginnings.stage_id else deals.stage_id end as stage_id,
        true as sets_status,
        case when beginnings.has_status then beginnings.status else deals.status end as status,
        true as sets_amount,
        case when beginnings.has_amount then beginnings.amount else cast(deals.amount as string) end
            as amount,
        true as sets_close_on,
        case
            when beginnings.has_close_on then beginnings.close_on
            else cast(deals.expected_close_on as string)
        end as close_on,
        true as sets_owner,
        case when beginnings.has_owner then beginnings.owner_id else deals.owner_id end as owner_id
    from deals
    left join beginnings on deals.deal_id = beginnings.deal_id
    union all
    select
        deal_id,
        changed_at,
        ordinal,
        field_key = 'stage_id' as sets_stage,
        case when field_key = 'stage_id' then new_value end as stage_id,
        field_key = 'status' as sets_status,
        case when field_key = 'status' then new_value end as status,
        field_key = 'value' as sets_amount,
        case when field_key = 'value' then new_value end as amount,
        field_key = 'expected_close_date' as sets_close_on,
        case when field_key = 'expected_close_date' then new_value end as close_on,
        field_key = 'user_id' as sets_owner,
        case when field_key = 'user_id' then new_value end as owner_id
    from logged
),

-- A value holds until the field is set again, also when it was set to nothing.
spells as (
    select
        deal_id,
        changed_at,
        ordinal,
        stage_id,
        status,
        amount,
        close_on,
        owner_id,
        sum(case when sets_stage then 1 else 0 end) over so_far as stage_spell,
        sum(case when sets_status then 1 else 0 end) over so_far as status_spell,
        sum(case when sets_amount then 1 else 0 end) over so_far as amount_spell,
        sum(case when sets_close_on then 1 else 0 end) over so_far as close_on_spell,
        sum(case when sets_owner then 1 else 0 end) over so_far as owner_spell
    from events
    window so_far as (partition by deal_id order by changed_at, ordinal)
),

in_force as (
    select
        deal_id,
        changed_at,
        ordinal,
        max(stage_id) over (partition by deal_id, stage_spell) as stage_id,
        max(status) over (partition by deal_id, status_spell) as status,
        min(changed_at) over (partition by deal_id, status_spell) as status_since,
        max(amount) over (partition by deal_id, amount_spell) as amount,
        max(close_on) over (partition by deal_id, close_on_spell) as close_on,
        max(owner_id) over (partition by deal_id, owner_spell) as owner_id
    from spells
),

placed as (
    select
        in_force.deal_id,
        in_force.changed_at,
        in_force.ordinal + 1 as sequence_number,
        coalesce(stages.pipeline_id, deals.pipeline_id) as pipeline_id,
        case
            when in_force.status in ('won', 'lost')
                then
                    concat_ws(
                        ':', coalesce(stages.pipeline_id, deals.pipeline_id), in_force.status
                    )
            else in_force.stage_id
        end as stage_id,
        cast(try_cast(in_force.amount as decimal(18, 2)) as string) as amount,
        -- The expected day until it is known, then the day on which the deal was closed.
        case
            when in_force.status in ('won', 'lost')
                then cast({{ to_business_date('in_force.status_since') }} as string)
            else cast(try_cast(in_force.close_on as date) as string)
        end as close_on,
        in_force.owner_id
    from in_force
    inner join deals on in_force.deal_id = deals.deal_id
    left join stages on in_force.stage_id = stages.stage_id
)

select
    'pipedrive' as source_system,
    deal_id as vendor_id,
    changed_at,
    sequence_number,
    'stage' as field,
    stage_id as value
from placed
union all
select
    'pipedrive' as source_system,
    deal_id as vendor_id,
    changed_at,
    sequence_number,
    'pipeline' as field,
    pipeline_id as value
from placed
union all
select
    'pipedrive' as source_system,
    deal_id as vendor_id,
    changed_at,
    sequence_number,
    'amount' as field,
    amount as value
from placed
union all
select
    'pipedrive' as source_system,
    deal_id as vendor_id,
    changed_at,
    sequence_number,
    'close_on' as field,
    close_on as value
from placed
union all
select
    'pipedrive' as source_system,
    deal_id as vendor_id,
    changed_at,
    sequence_number,
    'owner' as field,
    owner_id as value
from placed
