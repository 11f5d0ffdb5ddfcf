{%- set fields = {
    'vendor_stage_id': 'stage',
    'vendor_pipeline_id': 'pipeline',
    'amount': 'amount',
    'close_on': 'close_on',
    'vendor_owner_id': 'owner',
    'forecast_category': 'forecast_category',
} -%}
-- Null says that a field was not set; empty text, which no value is, that it was set to nothing.
with vendors_records as (
    select * from {{ ref('int_hubspot__opportunities_conformed') }}
    union all
    select * from {{ ref('int_salesforce__opportunities_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__opportunities_conformed') }}
),

records as (
    select
        source_system,
        vendor_id,
        created_at,
        changed_at,
        is_closed,
        {{ business_day_start('closed_on') }} as closed_at,
        coalesce(vendor_stage_id, '') as vendor_stage_id,
        coalesce(vendor_pipeline_id, '') as vendor_pipeline_id,
        coalesce(cast(amount as string), '') as amount,
        coalesce(cast(closed_on as string), '') as close_on,
        coalesce(vendor_owner_id, '') as vendor_owner_id,
        coalesce(forecast_category, '') as forecast_category
    from vendors_records
),

history as (
    select * from {{ ref('int_hubspot__opportunity_changes_conformed') }}
    union all
    select * from {{ ref('int_salesforce__opportunity_changes_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__opportunity_changes_conformed') }}
),

-- What was set at an instant; of several values of a field the last one stands.
instants as (
    select
        source_system,
        vendor_id,
        {%- for column, field in fields.items() %}
            max_by(coalesce(value, ''), sequence_number) filter (where field = '{{ field }}')
                as {{ column }},
        {%- endfor %}
        coalesce(changed_at, cast('1970-01-01' as timestamp)) as changed_at
    from history
    group by source_system, vendor_id, coalesce(changed_at, cast('1970-01-01' as timestamp))
),

-- How the histories end.
ends as (
    select
        {%- for column in fields %}
            max_by({{ column }}, changed_at) filter (where {{ column }} is not null)
                as {{ column }},
            max(changed_at) filter (where {{ column }} is not null) as {{ column }}_changed_at,
        {%- endfor %}
        source_system,
        vendor_id
    from instants
    group by source_system, vendor_id
),

known as (
    select
        records.source_system,
        records.vendor_id,
        records.created_at,
        {%- for column in fields %}
            records.{{ column }},
            ends.{{ column }} as last_{{ column }},
            greatest(ends.{{ column }}_changed_at, records.changed_at, records.created_at)
                as {{ column }}_noticed_at,
        {%- endfor %}
        -- An export without history knows today's values only. They are taken as true from the
        -- beginning, but a deal that is closed today was open until its close date.
        case
            when
                ends.vendor_stage_id is null
                and records.is_closed
                and records.closed_at > records.created_at
                then records.closed_at
        end as closed_later_at
    from records
    left join ends
        on records.source_system = ends.source_system and records.vendor_id = ends.vendor_id
),

changes as (
    select
        instants.source_system,
        instants.vendor_id,
        {%- for column in fields %}
            instants.{{ column }},
        {%- endfor %}
        instants.changed_at,
        1 as step,
        -- A change stamped before the record's own creation belongs to its beginning.
        greatest(instants.changed_at, records.created_at) as valid_from
    from instants
    inner join records
        on
            instants.source_system = records.source_system
            and instants.vendor_id = records.vendor_id
    union all
    -- The beginning itself, so that states start when the record does.
    select
        source_system,
        vendor_id,
        case
            when last_vendor_stage_id is null and closed_later_at is null then vendor_stage_id
        end as vendor_stage_id,
        {%- for column in fields if column != 'vendor_stage_id' %}
            case when last_{{ column }} is null then {{ column }} end as {{ column }},
        {%- endfor %}
        created_at as changed_at,
        0 as step,
        created_at as valid_from
    from known
    {%- for changed in fields %}
        union all
        -- A history that ends elsewhere than the record.
        select
            source_system,
            vendor_id,
            {%- for column in fields %}
                {{ column if column == changed else 'cast(null as string)' }} as {{ column }},
            {%- endfor %}
            {{ changed }}_noticed_at as changed_at,
            2 as step,
            {{ changed }}_noticed_at as valid_from
        from known
        where last_{{ changed }} <> {{ changed }}
    {%- endfor %}
    union all
    select
        source_system,
        vendor_id,
        vendor_stage_id,
        {%- for column in fields if column != 'vendor_stage_id' %}
            cast(null as string) as {{ column }},
        {%- endfor %}
        closed_later_at as changed_at,
        1 as step,
        closed_later_at as valid_from
    from known
    where closed_later_at is not null
),

-- A value holds until the field is set again, also when it was set to nothing.
carried as (
    select
        source_system,
        vendor_id,
        valid_from,
        step,
        {%- for column in fields %}
            {{ last_set(column) }} over so_far as {{ column }},
        {%- endfor %}
        lead(valid_from) over so_far as valid_to
    from changes
    window
        so_far as (
            partition by source_system, vendor_id
            order by valid_from nulls first, step nulls first, changed_at nulls first
        )
)

select
    source_system,
    vendor_id,
    valid_from,
    -- What the deal became later nobody knew by then.
    case when {{ existed('valid_to') }} then valid_to end as valid_to,
    nullif(vendor_pipeline_id, '') as vendor_pipeline_id,
    nullif(vendor_stage_id, '') as vendor_stage_id,
    cast(nullif(amount, '') as decimal(18, 2)) as amount,
    cast(nullif(close_on, '') as date) as close_on,
    nullif(vendor_owner_id, '') as vendor_owner_id,
    nullif(forecast_category, '') as forecast_category,
    step = 2 as contradicts_history
from carried
where
    -- Of several changes at one instant the last one leaves what stands.
    valid_to is distinct from valid_from
    and {{ existed('valid_from') }}
