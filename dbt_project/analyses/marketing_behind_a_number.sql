-- From a KPI of the family `marketing` to the spend, sessions, leads and deals behind it, and to
-- what was left out.
with asked as (
    {{ asked_number() }}
),

leads as (
    select * from {{ ref('fct_leads') }}
),

sessions as (
    select * from {{ ref('fct_web_sessions') }}
),

session_days as (
    select distinct session_on
    from sessions
),

spend_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'spend' as record_kind,
        spend.campaign_key as record_key,
        spend.spent_on as happened_on,
        case
            when asked.kpi_id = 'campaign_roi' then -coalesce(spend.spend_base, 0)
            else coalesce(spend.spend_base, 0)
        end as numerator,
        case when asked.kpi_id = 'campaign_roi' then coalesce(spend.spend_base, 0) else 0 end
            as denominator,
        case when spend.is_without_rate then 'no_rate' end as reason
    from asked
    inner join {{ ref('fct_campaign_spend') }} as spend
        on
            asked.period_start <= spend.spent_on
            and asked.period_end > spend.spent_on
    where
        asked.kpi_id in ('campaign_roi', 'cost_per_lead', 'customer_acquisition_cost')
        and {{ asked_key({'campaign': 'spend.campaign_key'}) }} = asked.dimension_key
),

session_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'sessions' as record_kind,
        sessions.lead_source as record_key,
        sessions.session_on as happened_on,
        case when asked.kpi_id = 'sessions' then sessions.session_count else 0 end as numerator,
        case when asked.kpi_id <> 'sessions' then sessions.session_count end as denominator,
        cast(null as string) as reason
    from asked
    inner join sessions
        on
            asked.period_start <= sessions.session_on
            and asked.period_end > sessions.session_on
    where
        asked.kpi_id in ('sessions', 'session_to_lead_rate')
        and {{ asked_key({'lead_source': 'sessions.lead_source'}) }} = asked.dimension_key
),

lead_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'lead' as record_kind,
        leads.person_key as record_key,
        leads.lead_on as happened_on,
        case
            when
                asked.kpi_id = 'session_to_lead_rate'
                and (
                    (asked.dimension = 'total' and session_days.session_on is not null)
                    or sessions.session_on is not null
                )
                then 1
            else 0
        end as numerator,
        case when asked.kpi_id = 'cost_per_lead' then 1 else 0 end as denominator,
        case
            when asked.kpi_id = 'session_to_lead_rate' and session_days.session_on is null
                then 'no_sessions_known'
        end as reason
    from asked
    inner join leads
        on
            asked.period_start <= leads.lead_on
            and asked.period_end > leads.lead_on
    left join session_days on leads.lead_on = session_days.session_on
    left join sessions
        on
            leads.lead_on = sessions.session_on
            and coalesce(leads.lead_source, 'unknown') = sessions.lead_source
    where
        asked.kpi_id in ('cost_per_lead', 'session_to_lead_rate')
        and {{ asked_key({
            'campaign': 'leads.campaign_key', 'lead_source': 'leads.lead_source'
        }) }} = asked.dimension_key
),

deal_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.closed_on as happened_on,
        case when asked.kpi_id = 'campaign_roi' then coalesce(deals.amount_base, 0) else 0 end
            as numerator,
        case when asked.kpi_id = 'campaign_roi' then 0 else 1 end as denominator,
        case when asked.kpi_id = 'campaign_roi' and deals.is_without_rate then 'no_rate' end
            as reason
    from asked
    inner join {{ ref('fct_opportunities') }} as deals
        on
            asked.period_start <= deals.closed_on
            and asked.period_end > deals.closed_on
    where
        deals.is_won
        and (
            (asked.kpi_id = 'campaign_roi' and deals.attributed_campaign_key is not null)
            or (asked.kpi_id = 'customer_acquisition_cost' and deals.is_first_purchase)
        )
        and {{ asked_key({'campaign': 'deals.attributed_campaign_key'}) }} = asked.dimension_key
),

left_out as (
    {{ left_out_rows(
        'marketing', 'opportunity', 'int_crm__opportunities', 'opportunity_key',
        'records.closed_on',
        'records.is_won'
    ) }}
    union all
    {{ left_out_rows(
        'marketing', 'person', 'int_crm__people', 'person_key', to_business_date('records.lead_at')
    ) }}
)

{{ rows_behind(['spend_rows', 'session_rows', 'lead_rows', 'deal_rows', 'left_out']) }}
