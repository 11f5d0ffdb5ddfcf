with tickets as (
    select * from {{ ref('stg_hubspot__tickets') }}
),

stages as (
    select * from {{ ref('stg_hubspot__pipeline_stages') }}
    where object_type = 'tickets' and not _is_deleted
),

passed_stages as (
    select
        record_id as ticket_id,
        {{ id_text('value') }} as stage_id,
        changed_at,
        {{ existed('changed_at') }} as has_happened,
        row_number() over (
            partition by record_id, {{ existed('changed_at') }}
            order by changed_at desc, ordinal desc
        ) as choice
    from {{ ref('stg_hubspot__property_history') }}
    where object_type = 'tickets' and property = 'hs_pipeline_stage' and not _is_deleted
),

-- A ticket that changed later stood where its history says.
moved_later as (
    select distinct ticket_id from passed_stages
    where not has_happened
),

stood as (
    select
        passed_stages.ticket_id,
        passed_stages.stage_id,
        passed_stages.changed_at
    from passed_stages
    inner join moved_later on passed_stages.ticket_id = moved_later.ticket_id
    where passed_stages.has_happened and passed_stages.choice = 1
),

links as (
    select
        from_id,
        min(to_id) filter (where to_type = 'contacts') as contact_id,
        min(to_id) filter (where to_type = 'companies') as any_company_id,
        min(to_id) filter (where to_type = 'companies' and association_type_id = 26)
            as primary_company_id
    from {{ ref('stg_hubspot__associations') }}
    where from_type = 'tickets' and not _is_deleted
    group by from_id
),

categories as (
    select * from {{ ref('ticket_category_map') }}
    where source_system = 'hubspot'
)

select
    'hubspot' as source_system,
    tickets.ticket_id as vendor_id,
    tickets._merged_into as merged_into_id,
    tickets._is_deleted as is_deleted,
    tickets.subject,
    coalesce(categories.category, 'other') as category,
    lower(tickets.priority) as priority,
    coalesce(links.primary_company_id, links.any_company_id) as vendor_account_id,
    links.contact_id as vendor_person_id,
    tickets.owner_id as vendor_owner_id,
    tickets.created_at as opened_at,
    {{ add_milliseconds('tickets.created_at', 'tickets.first_reply_milliseconds') }}
        as first_reply_at,
    case when stood.ticket_id is null then tickets.closed_at else stood.changed_at end
        as closed_at,
    coalesce(
        stages.ticket_state = 'CLOSED',
        stood.ticket_id is null and tickets.closed_at is not null
    ) as is_closed
from tickets
left join stood on tickets.ticket_id = stood.ticket_id
left join stages
    on
        tickets.pipeline_id = stages.pipeline_id
        and coalesce(stood.stage_id, tickets.stage_id) = stages.stage_id
left join links on tickets.ticket_id = links.from_id
left join categories on tickets.category = categories.vendor_value
