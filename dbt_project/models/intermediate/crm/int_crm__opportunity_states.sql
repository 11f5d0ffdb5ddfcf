with records as (
    select * from {{ ref('int_hubspot__opportunities_conformed') }}
    union all
    select * from {{ ref('int_salesforce__opportunities_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__opportunities_conformed') }}
),

history as (
    select * from {{ ref('int_hubspot__opportunity_changes_conformed') }}
    union all
    select * from {{ ref('int_salesforce__opportunity_changes_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__opportunity_changes_conformed') }}
),

-- A change stamped before the record's own creation belongs to its beginning.
placed_history as (
    select
        history.source_system,
        history.vendor_id,
        history.field,
        history.value,
        greatest(history.changed_at, records.created_at) as changed_at,
        row_number() over (
            partition by history.source_system, history.vendor_id, history.field
            order by history.changed_at, history.sequence_number
        ) as sequence_number
    from history
    inner join records
        on history.source_system = records.source_system and history.vendor_id = records.vendor_id
),

last_known as (
    select
        source_system,
        vendor_id,
        field,
        max(changed_at) as changed_at,
        max(sequence_number) as sequence_number
    from placed_history
    group by source_system, vendor_id, field
),

last_values as (
    select
        last_known.source_system,
        last_known.vendor_id,
        last_known.field,
        last_known.changed_at,
        last_known.sequence_number,
        placed_history.value
    from last_known
    inner join placed_history
        on
            last_known.source_system = placed_history.source_system
            and last_known.vendor_id = placed_history.vendor_id
            and last_known.field = placed_history.field
            and last_known.sequence_number = placed_history.sequence_number
),

present_values as (
    select
        source_system,
        vendor_id,
        'stage' as field,
        vendor_stage_id as value
    from records
    union all
    select
        source_system,
        vendor_id,
        'pipeline' as field,
        vendor_pipeline_id as value
    from records
    union all
    select
        source_system,
        vendor_id,
        'amount' as field,
        cast(amount as string) as value
    from records
    union all
    select
        source_system,
        vendor_id,
        'close_on' as field,
        cast(closed_on as string) as value
    from records
    union all
    select
        source_system,
        vendor_id,
        'owner' as field,
        vendor_owner_id as value
    from records
    union all
    select
        source_system,
        vendor_id,
        'forecast_category' as field,
        forecast_category as value
    from records
),

-- An export without history knows today's values only. They are taken as true from the beginning,
-- but a deal that is closed today was open until its close date.
closed_later as (
    select
        records.source_system,
        records.vendor_id,
        {{ business_day_start('records.closed_on') }} as closed_at
    from records
    left join last_known
        on
            records.source_system = last_known.source_system
            and records.vendor_id = last_known.vendor_id
            and last_known.field = 'stage'
    where
        last_known.field is null
        and records.is_closed
        and {{ business_day_start('records.closed_on') }} > records.created_at
),

completed as (
    select
        records.source_system,
        records.vendor_id,
        present_values.field,
        present_values.value,
        case
            when last_values.field is not null
                then greatest(last_values.changed_at, records.changed_at, records.created_at)
            when present_values.field = 'stage'
                then coalesce(closed_later.closed_at, records.created_at)
            else records.created_at
        end as changed_at,
        coalesce(last_values.sequence_number, 0) + 1 as sequence_number,
        last_values.field is not null as contradicts_history
    from records
    inner join present_values
        on
            records.source_system = present_values.source_system
            and records.vendor_id = present_values.vendor_id
    left join last_values
        on
            present_values.source_system = last_values.source_system
            and present_values.vendor_id = last_values.vendor_id
            and present_values.field = last_values.field
    left join closed_later
        on
            records.source_system = closed_later.source_system
            and records.vendor_id = closed_later.vendor_id
    -- History that ends in today's value needs nothing more.
    where last_values.field is null or last_values.value is distinct from present_values.value
),

changes as (
    select
        source_system,
        vendor_id,
        field,
        value,
        changed_at,
        sequence_number,
        false as contradicts_history
    from placed_history
    union all
    select
        source_system,
        vendor_id,
        field,
        value,
        changed_at,
        sequence_number,
        contradicts_history
    from completed
    union all
    -- The beginning itself, so that states start when the record does.
    select
        source_system,
        vendor_id,
        'beginning' as field,
        cast(null as string) as value,
        created_at as changed_at,
        0 as sequence_number,
        false as contradicts_history
    from records
),

-- Of several values of a field at one instant the last one stands.
ranked as (
    select
        source_system,
        vendor_id,
        field,
        value,
        changed_at,
        contradicts_history,
        row_number() over (
            partition by source_system, vendor_id, field, changed_at order by sequence_number desc
        ) as choice
    from changes
),

instants as (
    select
        source_system,
        vendor_id,
        changed_at,
        max(value) filter (where field = 'stage') as vendor_stage_id,
        max(value) filter (where field = 'pipeline') as vendor_pipeline_id,
        max(value) filter (where field = 'amount') as amount,
        max(value) filter (where field = 'close_on') as close_on,
        max(value) filter (where field = 'owner') as vendor_owner_id,
        max(value) filter (where field = 'forecast_category') as forecast_category,
        count(*) filter (where field = 'stage') as sets_stage,
        count(*) filter (where field = 'pipeline') as sets_pipeline,
        count(*) filter (where field = 'amount') as sets_amount,
        count(*) filter (where field = 'close_on') as sets_close_on,
        count(*) filter (where field = 'owner') as sets_owner,
        count(*) filter (where field = 'forecast_category') as sets_forecast_category,
        bool_or(contradicts_history) as contradicts_history
    from ranked
    where choice = 1
    group by source_system, vendor_id, changed_at
),

-- A value holds until the field is set again, also when it was set to nothing.
spells as (
    select
        source_system,
        vendor_id,
        changed_at,
        vendor_stage_id,
        vendor_pipeline_id,
        amount,
        close_on,
        vendor_owner_id,
        forecast_category,
        contradicts_history,
        sum(sets_stage) over so_far as stage_spell,
        sum(sets_pipeline) over so_far as pipeline_spell,
        sum(sets_amount) over so_far as amount_spell,
        sum(sets_close_on) over so_far as close_on_spell,
        sum(sets_owner) over so_far as owner_spell,
        sum(sets_forecast_category) over so_far as forecast_category_spell
    from instants
    window so_far as (partition by source_system, vendor_id order by changed_at)
)

select
    source_system,
    vendor_id,
    changed_at as valid_from,
    max(vendor_pipeline_id) over (partition by source_system, vendor_id, pipeline_spell)
        as vendor_pipeline_id,
    max(vendor_stage_id) over (partition by source_system, vendor_id, stage_spell)
        as vendor_stage_id,
    cast(
        max(amount) over (partition by source_system, vendor_id, amount_spell) as decimal(18, 2)
    ) as amount,
    cast(
        max(close_on) over (partition by source_system, vendor_id, close_on_spell) as date
    ) as close_on,
    max(vendor_owner_id) over (partition by source_system, vendor_id, owner_spell)
        as vendor_owner_id,
    max(forecast_category) over (partition by source_system, vendor_id, forecast_category_spell)
        as forecast_category,
    contradicts_history
from spells
-- What the deal became later nobody knew by then.
where {{ existed('changed_at') }}
