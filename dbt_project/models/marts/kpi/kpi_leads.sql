-- Counts are summed by day and dimension before they meet the periods.
{% set lead_dimensions = {
    'lead_source': 'lead_source',
    'source_system': 'source_system',
    'country': 'country_code',
    'campaign': ['campaign_key', 'campaign_name'],
    'owner': ['owner_key', 'owner_name'],
    'team': ['team_key', 'team_name'],
} %}
{% set lead_counts = [
    'created_count', 'converted_count', 'qualified_count', 'opportunity_count', 'answered_count',
    'unanswered_count', 'response_milliseconds',
] %}
with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

leads as (
    select * from {{ ref('fct_leads') }}
),

qualified_people as (
    select * from {{ ref('fct_qualified_people') }}
),

prospecting as (
    select * from {{ ref('fct_prospecting') }}
),

described_leads as (
    select
        leads.lead_on as date_day,
        leads.is_converted,
        leads.is_qualified,
        leads.is_opportunity,
        leads.response_milliseconds,
        leads.lead_source,
        leads.source_system,
        leads.country_code,
        leads.campaign_key,
        campaigns.campaign_name,
        leads.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name
    from leads
    left join owners on leads.owner_key = owners.owner_key
    left join campaigns on leads.campaign_key = campaigns.campaign_key
),

lead_parts as (
    {{ by_dimension(
        'described_leads',
        ['date_day', 'is_converted', 'is_qualified', 'is_opportunity', 'response_milliseconds'],
        lead_dimensions
    ) }}
),

lead_days as (
    select
        date_day,
        dimension,
        dimension_key,
        dimension_value,
        count(*) as created_count,
        count(*) filter (where is_converted) as converted_count,
        count(*) filter (where is_qualified) as qualified_count,
        count(*) filter (where is_opportunity) as opportunity_count,
        count(response_milliseconds) as answered_count,
        count(*) filter (where response_milliseconds is null) as unanswered_count,
        coalesce(sum(response_milliseconds), 0) as response_milliseconds
    from lead_parts
    group by date_day, dimension, dimension_key, dimension_value
),

lead_sums as (
    {{ period_sums('lead_days', lead_counts) }}
),

responses as (
    select
        days.period_grain,
        days.period_start,
        lead_parts.dimension,
        lead_parts.dimension_key,
        {{ duration_percentiles('lead_parts.response_milliseconds / 60000.0', 'response') }}
    from lead_parts
    inner join days on lead_parts.date_day = days.date_day
    -- The unanswered have no time yet: unanswered_lead_share counts them.
    where lead_parts.response_milliseconds is not null
    group by days.period_grain, days.period_start, lead_parts.dimension, lead_parts.dimension_key
),

-- A cohort is mature when nine of ten that ever made it had made it by its age.
lead_motion as (
    select
        {{ percentile(0.9, 'days_to_win') }} as win_days_p90,
        {{ percentile(0.9, 'days_to_qualification') }} as qualification_days_p90,
        {{ percentile(0.9, 'days_to_opportunity') }} as opportunity_days_p90
    from leads
),

measured_leads as (
    select
        sums.period_grain,
        sums.period_start,
        sums.dimension,
        sums.dimension_key,
        sums.dimension_value,
        sums.created_count,
        sums.converted_count,
        sums.qualified_count,
        sums.opportunity_count,
        sums.answered_count,
        sums.unanswered_count,
        cast(sums.response_milliseconds as double) / 60000 as response_minutes,
        responses.response_median,
        responses.response_p75,
        responses.response_p90,
        coalesce(
            {{ days_between('periods.last_day', as_of_date()) }} > motion.win_days_p90, false
        ) as is_win_mature,
        coalesce(
            {{ days_between('periods.last_day', as_of_date()) }} > motion.qualification_days_p90,
            false
        ) as is_qualification_mature,
        coalesce(
            {{ days_between('periods.last_day', as_of_date()) }} > motion.opportunity_days_p90,
            false
        ) as is_opportunity_mature
    from lead_sums as sums
    inner join periods
        on
            sums.period_grain = periods.period_grain
            and sums.period_start = periods.period_start
    left join responses
        on
            sums.period_grain = responses.period_grain
            and sums.period_start = responses.period_start
            and sums.dimension = responses.dimension
            and sums.dimension_key = responses.dimension_key
    cross join lead_motion as motion
),

described_people as (
    select
        people.qualified_on as date_day,
        people.is_converted,
        people.lead_source,
        people.source_system,
        people.country_code,
        people.campaign_key,
        campaigns.campaign_name,
        people.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name
    from qualified_people as people
    left join owners on people.owner_key = owners.owner_key
    left join campaigns on people.campaign_key = campaigns.campaign_key
),

people_parts as (
    {{ by_dimension('described_people', ['date_day', 'is_converted'], lead_dimensions) }}
),

people_days as (
    select
        date_day,
        dimension,
        dimension_key,
        dimension_value,
        count(*) as qualified_count,
        count(*) filter (where is_converted) as converted_count
    from people_parts
    group by date_day, dimension, dimension_key, dimension_value
),

people_sums as (
    {{ period_sums('people_days', ['qualified_count', 'converted_count']) }}
),

people_motion as (
    select {{ percentile(0.9, 'days_to_win') }} as win_days_p90
    from qualified_people
),

measured_people as (
    select
        sums.period_grain,
        sums.period_start,
        sums.dimension,
        sums.dimension_key,
        sums.dimension_value,
        sums.qualified_count,
        sums.converted_count,
        coalesce(
            {{ days_between('periods.last_day', as_of_date()) }} > motion.win_days_p90, false
        ) as is_win_mature
    from people_sums as sums
    inner join periods
        on
            sums.period_grain = periods.period_grain
            and sums.period_start = periods.period_start
    cross join people_motion as motion
),

described_prospecting as (
    select
        prospecting.activity_on as date_day,
        prospecting.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name,
        0 as qualified_count,
        count(*) as activity_count
    from prospecting
    left join owners on prospecting.owner_key = owners.owner_key
    group by
        prospecting.activity_on,
        prospecting.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name
    union all
    select
        date_day,
        owner_key,
        owner_name,
        team_key,
        team_name,
        count(*) as qualified_count,
        0 as activity_count
    from described_people
    group by date_day, owner_key, owner_name, team_key, team_name
),

prospecting_parts as (
    {{ by_dimension(
        'described_prospecting', ['date_day', 'qualified_count', 'activity_count'],
        {'owner': ['owner_key', 'owner_name'], 'team': ['team_key', 'team_name']}
    ) }}
),

measured_prospecting as (
    {{ period_sums('prospecting_parts', ['qualified_count', 'activity_count']) }}
)

{{ kpi_rows('leads_created', 'measured_leads', 'created_count', 'created_count') }}
union all
{{ kpi_rows(
    'qualified_lead_rate', 'measured_leads', 'created_count', 'qualified_count', 'created_count',
    is_mature='is_qualification_mature'
) }}
union all
{{ kpi_rows(
    'lead_to_opportunity_rate_cohort', 'measured_leads', 'created_count', 'opportunity_count',
    'created_count', is_mature='is_opportunity_mature'
) }}
union all
{{ kpi_rows(
    'lead_conversion_rate_cohort', 'measured_leads', 'created_count', 'converted_count',
    'created_count', is_mature='is_win_mature'
) }}
union all
{{ kpi_rows(
    'unanswered_lead_share', 'measured_leads', 'created_count', 'unanswered_count', 'created_count'
) }}
union all
{{ kpi_duration_rows(
    'lead_response_minutes', 'measured_leads', 'response_minutes', 'answered_count', 'response'
) }}
union all
{{ kpi_rows('qualified_leads', 'measured_people', 'qualified_count', 'qualified_count') }}
union all
{{ kpi_rows(
    'qualified_lead_conversion_cohort', 'measured_people', 'qualified_count', 'converted_count',
    'qualified_count', is_mature='is_win_mature'
) }}
union all
{{ kpi_rows(
    'prospecting_effectiveness', 'measured_prospecting', 'activity_count', 'qualified_count',
    'activity_count'
) }}
