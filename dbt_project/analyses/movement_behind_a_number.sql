-- From a KPI of the family `movement` to the deals behind it, and to those left out.
with asked as (
    {{ asked_number() }}
),

-- The same whatever the keys that were asked for.
asked_period as (
    select distinct
        kpi_id,
        period_grain,
        period_start,
        period_end,
        period_start_at,
        measured_at
    from asked
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

open_deals as (
    select distinct spans.opportunity_key
    from asked_period as asked
    inner join {{ ref('fct_open_spans') }} as spans
        on
            asked.measured_at > spans.opened_at
            and asked.period_start_at < spans.closed_at
    where asked.kpi_id = 'push_rate'
),

pushed_deals as (
    select
        pushes.opportunity_key,
        min(pushes.pushed_on) as pushed_on
    from asked_period as asked
    inner join {{ ref('fct_close_date_pushes') }} as pushes
        on
            asked.period_start <= pushes.pushed_on
            and asked.period_end > pushes.pushed_on
    group by pushes.opportunity_key
),

deals as (
    select
        open_deals.opportunity_key,
        pushed_deals.pushed_on as happened_on,
        case when pushed_deals.opportunity_key is not null then 1 else 0 end as numerator,
        1 as denominator,
        cast(null as string) as reason
    from open_deals
    left join pushed_deals on open_deals.opportunity_key = pushed_deals.opportunity_key
    union all
    select
        expected.opportunity_key,
        expected.expected_on as happened_on,
        case when expected.is_slipped then expected.amount_base else 0 end as numerator,
        expected.amount_base as denominator,
        case when coalesce(expected.amount_base, 0) <= 0 then 'no_amount' end as reason
    from asked_period as asked
    inner join {{ ref('fct_expected_closings') }} as expected
        on
            asked.period_grain = expected.period_grain
            and asked.period_start = expected.period_start
    where asked.kpi_id = 'slippage_rate'
    union all
    select
        stalled.opportunity_key,
        {{ to_business_date('stalled.last_touch_at') }} as happened_on,
        case when stalled.is_stalled then stalled.amount_base else 0 end as numerator,
        stalled.amount_base as denominator,
        case when coalesce(stalled.amount_base, 0) <= 0 then 'no_amount' end as reason
    from asked_period as asked
    inner join {{ ref('fct_stalled_deals') }} as stalled
        on
            asked.period_grain = stalled.period_grain
            and asked.period_start = stalled.period_start
    where asked.kpi_id = 'stalled_pipeline_share'
),

deal_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.happened_on,
        case when deals.reason is null then deals.numerator end as numerator,
        case when deals.reason is null then deals.denominator end as denominator,
        deals.reason
    from asked
    inner join dimensions
        on
            asked.dimension = dimensions.dimension
            and asked.dimension_key = dimensions.dimension_key
    inner join deals on dimensions.opportunity_key = deals.opportunity_key
),

-- Open at some moment of the period, as far as the record says.
left_out as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.created_on as happened_on,
        cast(null as integer) as numerator,
        cast(null as integer) as denominator,
        deals.exclusion_reason as reason
    from asked
    inner join {{ ref('int_crm__opportunities') }} as deals
        on
            asked.period_end > deals.created_on
            and asked.period_start <= coalesce(deals.closed_on, asked.period_start)
    where asked.dimension = 'total' and deals.exclusion_reason is not null
)

{{ rows_behind(['deal_rows', 'left_out']) }}
