-- Everything here adds up over days, so that any period is a sum of them. Channels are those of the
-- lead, of the deal, of the session and of the campaign.
{% set sums = [
    'spend_base', 'session_count', 'lead_count', 'lead_with_session_count', 'qualified_count',
    'opportunity_count', 'won_count', 'won_amount', 'attributed_won_count',
    'attributed_won_amount', 'new_customer_count',
] %}
{% set parts = {'campaign': ['campaign_key', 'campaign_name'], 'lead_source': 'lead_source'} %}
with spend as (
    select * from {{ ref('fct_campaign_spend') }}
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

sessions as (
    select * from {{ ref('fct_web_sessions') }}
),

leads as (
    select * from {{ ref('fct_leads') }}
),

qualified_people as (
    select * from {{ ref('fct_qualified_people') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

session_days as (
    select distinct session_on
    from sessions
),

spent as (
    select
        spend.spent_on as date_day,
        spend.campaign_key,
        campaigns.campaign_name,
        campaigns.channel as lead_source,
        spend.spend_base
    from spend
    left join campaigns on spend.campaign_key = campaigns.campaign_key
),

came as (
    select
        leads.lead_on as date_day,
        leads.campaign_key,
        campaigns.campaign_name,
        leads.lead_source,
        1 as lead_count,
        case when session_days.session_on is not null then 1 else 0 end
            as lead_with_session_count,
        case when sessions.session_on is not null then 1 else 0 end as lead_with_channel_count
    from leads
    left join campaigns on leads.campaign_key = campaigns.campaign_key
    left join session_days on leads.lead_on = session_days.session_on
    left join sessions
        on
            leads.lead_on = sessions.session_on
            and coalesce(leads.lead_source, 'unknown') = sessions.lead_source
),

qualified as (
    select
        people.qualified_on as date_day,
        people.campaign_key,
        campaigns.campaign_name,
        people.lead_source,
        1 as qualified_count
    from qualified_people as people
    left join campaigns on people.campaign_key = campaigns.campaign_key
),

created as (
    select
        opportunities.created_on as date_day,
        opportunities.attributed_campaign_key as campaign_key,
        campaigns.campaign_name,
        opportunities.lead_source,
        1 as opportunity_count
    from opportunities
    left join campaigns on opportunities.attributed_campaign_key = campaigns.campaign_key
    where opportunities.created_at < {{ as_of() }}
),

won as (
    select
        opportunities.closed_on as date_day,
        opportunities.attributed_campaign_key as campaign_key,
        campaigns.campaign_name,
        opportunities.lead_source,
        1 as won_count,
        coalesce(opportunities.amount_base, 0) as won_amount,
        case when opportunities.attributed_campaign_key is not null then 1 else 0 end
            as attributed_won_count,
        case
            when opportunities.attributed_campaign_key is not null
                then coalesce(opportunities.amount_base, 0)
            else 0
        end as attributed_won_amount,
        case when opportunities.is_first_purchase then 1 else 0 end as new_customer_count
    from opportunities
    left join campaigns on opportunities.attributed_campaign_key = campaigns.campaign_key
    where opportunities.is_won
),

spent_parts as (
    {{ by_dimension('spent', ['date_day', 'spend_base'], parts) }}
),

session_parts as (
    select
        session_on as date_day,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        session_count
    from sessions
    union all
    select
        session_on as date_day,
        'lead_source' as dimension,
        lead_source as dimension_key,
        lead_source as dimension_value,
        session_count
    from sessions
),

came_parts as (
    {{ by_dimension(
        'came',
        ['date_day', 'lead_count', 'lead_with_session_count', 'lead_with_channel_count'], parts
    ) }}
),

qualified_parts as (
    {{ by_dimension('qualified', ['date_day', 'qualified_count'], parts) }}
),

created_parts as (
    {{ by_dimension('created', ['date_day', 'opportunity_count'], parts) }}
),

won_parts as (
    {{ by_dimension(
        'won',
        [
            'date_day', 'won_count', 'won_amount', 'attributed_won_count',
            'attributed_won_amount', 'new_customer_count',
        ],
        parts
    ) }}
),

happened as (
    {{ sparse_sums('spent_parts', sums, {'spend_base': 'spend_base'}) }}
    union all
    {{ sparse_sums('session_parts', sums, {'session_count': 'session_count'}) }}
    union all
    {{ sparse_sums('came_parts', sums, {
        'lead_count': 'lead_count',
        'lead_with_session_count':
            "case when dimension = 'lead_source' then lead_with_channel_count"
            ~ " else lead_with_session_count end",
    }) }}
    union all
    {{ sparse_sums('qualified_parts', sums, {'qualified_count': 'qualified_count'}) }}
    union all
    {{ sparse_sums('created_parts', sums, {'opportunity_count': 'opportunity_count'}) }}
    union all
    {{ sparse_sums('won_parts', sums, {
        'won_count': 'won_count',
        'won_amount': 'won_amount',
        'attributed_won_count': 'attributed_won_count',
        'attributed_won_amount': 'attributed_won_amount',
        'new_customer_count': 'new_customer_count',
    }) }}
)

select
    date_day,
    dimension,
    dimension_key,
    dimension_value,
    cast(sum(spend_base) as decimal(18, 2)) as spend_base,
    cast(sum(session_count) as bigint) as session_count,
    cast(sum(lead_count) as bigint) as lead_count,
    cast(sum(lead_with_session_count) as bigint) as lead_with_session_count,
    cast(sum(qualified_count) as bigint) as qualified_count,
    cast(sum(opportunity_count) as bigint) as opportunity_count,
    cast(sum(won_count) as bigint) as won_count,
    cast(sum(won_amount) as decimal(18, 2)) as won_amount,
    cast(sum(attributed_won_count) as bigint) as attributed_won_count,
    cast(sum(attributed_won_amount) as decimal(18, 2)) as attributed_won_amount,
    cast(sum(new_customer_count) as bigint) as new_customer_count
from happened
where date_day is not null
group by date_day, dimension, dimension_key, dimension_value
