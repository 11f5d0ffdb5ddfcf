-- From one number of kpi_movement to the deals behind it, and to those left out:
--   dbt show --limit -1 --select movement_behind_a_number --vars '{as_of: ..., behind: {movement: {
--     kpi_id: slippage_rate, period_grain: quarter, period_start: 2026-07-01,
--     dimension: team, dimension_key: ...}}}'
-- The numerators and denominators of the rows that count add up to those of the KPI. Rows that were
-- left out have a reason.
with asked as (
    {{ asked_number('movement', 'push_rate') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

open_deals as (
    select distinct spans.opportunity_key
    from asked
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
    from asked
    inner join {{ ref('fct_close_date_pushes') }} as pushes
        on
            asked.period_start <= pushes.pushed_on
            and asked.period_end > pushes.pushed_on
    group by pushes.opportunity_key
),

deal_rows as (
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
    from asked
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
    from asked
    inner join {{ ref('fct_stalled_deals') }} as stalled
        on
            asked.period_grain = stalled.period_grain
            and asked.period_start = stalled.period_start
    where asked.kpi_id = 'stalled_pipeline_share'
)

select
    'opportunity' as record_kind,
    deal_rows.opportunity_key as record_key,
    deal_rows.happened_on,
    case when deal_rows.reason is null then deal_rows.numerator end as numerator,
    case when deal_rows.reason is null then deal_rows.denominator end as denominator,
    deal_rows.reason
from asked
inner join dimensions
    on
        asked.dimension = dimensions.dimension
        and asked.dimension_key = dimensions.dimension_key
inner join deal_rows on dimensions.opportunity_key = deal_rows.opportunity_key
union all
-- Whatever the dimension: a record that is left out may have lost what would place it.
select
    excluded.entity as record_kind,
    excluded.record_key,
    deals.created_on as happened_on,
    cast(null as decimal(18, 2)) as numerator,
    cast(null as decimal(18, 2)) as denominator,
    excluded.reason
from {{ ref('excluded_records') }} as excluded
inner join {{ ref('int_crm__opportunities') }} as deals
    on excluded.record_key = deals.opportunity_key
inner join asked on deals.created_on < asked.period_end
where
    excluded.entity = 'opportunity'
    and deals.exclusion_reason is not null
    -- Open at some moment of the period, as far as the record says.
    and coalesce(deals.closed_on, asked.period_start) >= asked.period_start
order by reason nulls first, happened_on nulls last, record_key nulls last
