-- What the KPIs leave out. A KPI's total and the rows here of its family add up to the CRM's own.
with opportunities as (
    select * from {{ ref('int_crm__opportunities') }}
),

counted_opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

accounts as (
    select * from {{ ref('int_crm__accounts') }}
),

people as (
    select * from {{ ref('int_crm__people') }}
),

activities as (
    select * from {{ ref('int_crm__activities') }}
),

tasks as (
    select * from {{ ref('fct_tasks') }}
),

tickets as (
    select * from {{ ref('int_crm__tickets') }}
),

surveys as (
    select * from {{ ref('int_crm__surveys') }}
),

contracts as (
    select * from {{ ref('int_crm__contracts') }}
),

targets as (
    select * from {{ ref('fct_targets') }}
),

scopes as (
    select * from {{ ref('exclusion_scopes') }}
),

-- A day that no period holds: year 202, or further on than the calendar goes.
outside_calendar as (
    {%- for fact in dated_facts() %}
        {% if not loop.first %}union all{% endif %}
        select
            '{{ fact.entity }}' as entity,
            {{ fact.key }} as record_key,
            cast({{ fact.amount or 'null' }} as decimal(18, 2)) as amount,
            {{ 'currency_code' if fact.amount else 'cast(null as string)' }} as currency_code
        from {{ fact.relation }}
        where {{ fact.where }} and not {{ fact_is_in_calendar(fact) }}
    {%- endfor %}
),

excluded as (
    select
        'opportunity' as entity,
        opportunity_key as record_key,
        hubspot_deal_id as hubspot_id,
        salesforce_opportunity_id as salesforce_id,
        pipedrive_deal_id as pipedrive_id,
        exclusion_reason as reason,
        amount,
        currency_code
    from opportunities
    where exclusion_reason is not null
    union all
    select
        'opportunity' as entity,
        opportunity_key as record_key,
        hubspot_deal_id as hubspot_id,
        salesforce_opportunity_id as salesforce_id,
        pipedrive_deal_id as pipedrive_id,
        'no_rate' as reason,
        amount,
        currency_code
    from counted_opportunities
    where is_without_rate
    union all
    select
        'opportunity' as entity,
        opportunity_key as record_key,
        hubspot_deal_id as hubspot_id,
        salesforce_opportunity_id as salesforce_id,
        pipedrive_deal_id as pipedrive_id,
        'negative_duration' as reason,
        amount,
        currency_code
    from counted_opportunities
    where is_negative_duration
    union all
    select
        'opportunity' as entity,
        opportunity_key as record_key,
        hubspot_deal_id as hubspot_id,
        salesforce_opportunity_id as salesforce_id,
        pipedrive_deal_id as pipedrive_id,
        'no_close_date' as reason,
        amount,
        currency_code
    from counted_opportunities
    -- Closed, nobody knows when: it falls in no period.
    where is_closed and closed_on is null
    union all
    select
        'account' as entity,
        account_key as record_key,
        hubspot_company_id as hubspot_id,
        salesforce_account_id as salesforce_id,
        pipedrive_organization_id as pipedrive_id,
        exclusion_reason as reason,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency_code
    from accounts
    where exclusion_reason is not null
    union all
    select
        'person' as entity,
        person_key as record_key,
        hubspot_contact_id as hubspot_id,
        coalesce(salesforce_contact_id, salesforce_lead_id) as salesforce_id,
        pipedrive_person_id as pipedrive_id,
        exclusion_reason as reason,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency_code
    from people
    where exclusion_reason is not null
    union all
    select
        'activity' as entity,
        activity_key as record_key,
        cast(null as string) as hubspot_id,
        cast(null as string) as salesforce_id,
        cast(null as string) as pipedrive_id,
        exclusion_reason as reason,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency_code
    from activities
    where exclusion_reason is not null
    union all
    select
        'activity' as entity,
        activity_key as record_key,
        cast(null as string) as hubspot_id,
        cast(null as string) as salesforce_id,
        cast(null as string) as pipedrive_id,
        'negative_duration' as reason,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency_code
    from tasks
    where is_negative_duration
    union all
    select
        'ticket' as entity,
        ticket_key as record_key,
        cast(null as string) as hubspot_id,
        cast(null as string) as salesforce_id,
        cast(null as string) as pipedrive_id,
        exclusion_reason as reason,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency_code
    from tickets
    where exclusion_reason is not null
    union all
    select
        'survey' as entity,
        survey_key as record_key,
        cast(null as string) as hubspot_id,
        cast(null as string) as salesforce_id,
        cast(null as string) as pipedrive_id,
        exclusion_reason as reason,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency_code
    from surveys
    where exclusion_reason is not null
    union all
    select
        'contract' as entity,
        contract_key as record_key,
        cast(null as string) as hubspot_id,
        cast(null as string) as salesforce_id,
        cast(null as string) as pipedrive_id,
        exclusion_reason as reason,
        cast(null as decimal(18, 2)) as amount,
        cast(null as string) as currency_code
    from contracts
    where exclusion_reason is not null
    union all
    select
        'target' as entity,
        target_key as record_key,
        cast(null as string) as hubspot_id,
        cast(null as string) as salesforce_id,
        cast(null as string) as pipedrive_id,
        case when scope_key is null then 'unknown_owner' else 'no_rate' end as reason,
        cast(target_value as decimal(18, 2)) as amount,
        currency_code
    from targets
    where scope_key is null or target_value_base is null
    union all
    select
        entity,
        record_key,
        cast(null as string) as hubspot_id,
        cast(null as string) as salesforce_id,
        cast(null as string) as pipedrive_id,
        'outside_calendar' as reason,
        max(amount) as amount,
        max(currency_code) as currency_code
    from outside_calendar
    group by entity, record_key
)

select
    excluded.entity,
    excluded.record_key,
    excluded.hubspot_id,
    excluded.salesforce_id,
    excluded.pipedrive_id,
    excluded.reason,
    scopes.kpi_families,
    excluded.amount,
    excluded.currency_code
from excluded
left join scopes
    on
        excluded.entity = scopes.entity
        and excluded.reason = scopes.reason
