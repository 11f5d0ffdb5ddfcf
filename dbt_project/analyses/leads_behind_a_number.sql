-- From a KPI of the family `leads` to the people and activities behind it, and to the people left
-- out. The rows of a percentile are its minutes.
{% set keys = {
    'lead_source': 'people.lead_source',
    'source_system': 'people.source_system',
    'country': 'people.country_code',
    'campaign': 'people.campaign_key',
    'owner': 'people.owner_key',
    'team': 'owners.team_key',
} %}
with asked as (
    {{ asked_number() }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

lead_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'lead' as record_kind,
        people.person_key as record_key,
        people.lead_on as happened_on,
        case
            when asked.kpi_id = 'leads_created' then 1
            when asked.kpi_id = 'qualified_lead_rate' and people.is_qualified then 1
            when asked.kpi_id = 'lead_to_opportunity_rate_cohort' and people.is_opportunity then 1
            when asked.kpi_id = 'lead_conversion_rate_cohort' and people.is_converted then 1
            when asked.kpi_id = 'unanswered_lead_share' and people.first_response_at is null then 1
            when asked.kpi_id like 'lead_response_minutes%'
                then people.response_milliseconds / 60000.0
            else 0
        end as numerator,
        case when asked.kpi_id <> 'leads_created' then 1 end as denominator,
        case
            when asked.kpi_id like 'lead_response_minutes%' and people.first_response_at is null
                then 'never_answered'
        end as reason
    from asked
    inner join {{ ref('fct_leads') }} as people
        on
            asked.period_start <= people.lead_on
            and asked.period_end > people.lead_on
    left join owners on people.owner_key = owners.owner_key
    where
        (
            asked.kpi_id in (
                'leads_created', 'qualified_lead_rate', 'lead_to_opportunity_rate_cohort',
                'lead_conversion_rate_cohort', 'unanswered_lead_share'
            )
            or asked.kpi_id like 'lead_response_minutes%'
        )
        and {{ asked_key(keys) }} = asked.dimension_key
),

qualified_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'qualified_person' as record_kind,
        people.person_key as record_key,
        people.qualified_on as happened_on,
        case
            when asked.kpi_id <> 'qualified_lead_conversion_cohort' or people.is_converted then 1
            else 0
        end as numerator,
        case
            when asked.kpi_id = 'qualified_lead_conversion_cohort' then 1
            when asked.kpi_id = 'prospecting_effectiveness' then 0
        end as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_qualified_people') }} as people
        on
            asked.period_start <= people.qualified_on
            and asked.period_end > people.qualified_on
    left join owners on people.owner_key = owners.owner_key
    where
        asked.kpi_id in (
            'qualified_leads', 'qualified_lead_conversion_cohort', 'prospecting_effectiveness'
        )
        and {{ asked_key(keys) }} = asked.dimension_key
),

prospecting_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'activity' as record_kind,
        people.activity_key as record_key,
        people.activity_on as happened_on,
        0 as numerator,
        1 as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_prospecting') }} as people
        on
            asked.period_start <= people.activity_on
            and asked.period_end > people.activity_on
    left join owners on people.owner_key = owners.owner_key
    where
        asked.kpi_id = 'prospecting_effectiveness'
        and {{ asked_key({'owner': 'people.owner_key', 'team': 'owners.team_key'}) }}
        = asked.dimension_key
),

left_out as (
    {{ left_out_rows(
        'leads', 'person', 'int_crm__people', 'person_key',
        to_business_date('coalesce(records.lead_at, records.qualified_at)')
    ) }}
)

{{ rows_behind(['lead_rows', 'qualified_rows', 'prospecting_rows', 'left_out']) }}
