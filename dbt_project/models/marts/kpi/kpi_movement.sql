{% set movement_dimensions = "dimension in ('total', 'owner', 'team', 'pipeline')" %}
with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
    where {{ movement_dimensions }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

spans as (
    select * from {{ ref('fct_open_spans') }}
),

pushes as (
    select * from {{ ref('fct_close_date_pushes') }}
),

expected as (
    select * from {{ ref('fct_expected_closings') }}
),

stalled as (
    select * from {{ ref('fct_stalled_deals') }}
),

-- All of these dimensions follow from owner and pipeline: deals that are alike in both are added up
-- under the key of one of them before they are unfolded by dimension.
alike as (
    select
        opportunity_key,
        min(opportunity_key) over (partition by credited_owner_key, pipeline_key) as alike_key
    from opportunities
),

followed_spans as (
    select
        spans.first_day,
        spans.last_day,
        alike.alike_key,
        lag(spans.last_day) over (
            partition by spans.opportunity_key order by spans.opened_at asc
        ) as previous_last_day
    from spans
    inner join alike on spans.opportunity_key = alike.opportunity_key
),

-- From the first to the last period that a span touches. A later span of the deal begins after
-- those that an earlier one has touched: the deal is counted once per period.
span_periods as (
    select
        followed_spans.alike_key,
        first_days.period_grain,
        first_days.period_start as first_start,
        last_days.period_end as after_last,
        previous_days.period_end as after_previous
    from followed_spans
    inner join days as first_days on followed_spans.first_day = first_days.date_day
    inner join days as last_days
        on
            followed_spans.last_day = last_days.date_day
            and first_days.period_grain = last_days.period_grain
    left join days as previous_days
        on
            followed_spans.previous_last_day = previous_days.date_day
            and first_days.period_grain = previous_days.period_grain
),

counted_spans as (
    select
        period_grain,
        greatest(first_start, coalesce(after_previous, first_start)) as period_start,
        after_last,
        alike_key
    from span_periods
    where coalesce(after_previous, first_start) < after_last
),

-- One more from the first period on, one less from the period after the last.
open_changes as (
    select
        period_grain,
        period_start,
        alike_key,
        count(*) as open_count
    from counted_spans
    group by period_grain, period_start, alike_key
    union all
    select
        period_grain,
        after_last as period_start,
        alike_key,
        -count(*) as open_count
    from counted_spans
    group by period_grain, after_last, alike_key
),

open_steps as (
    select
        open_changes.period_grain,
        open_changes.period_start,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value,
        sum(open_changes.open_count) as open_count
    from open_changes
    inner join dimensions on open_changes.alike_key = dimensions.opportunity_key
    group by
        open_changes.period_grain,
        open_changes.period_start,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value
),

-- The total is asked about in every period, also when no deal was ever open.
members as (
    select
        dimension,
        dimension_key,
        dimension_value
    from open_steps
    union
    select
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
),

open_counts as (
    select
        periods.period_grain,
        periods.period_start,
        members.dimension,
        members.dimension_key,
        members.dimension_value,
        sum(coalesce(open_steps.open_count, 0)) over (
            partition by periods.period_grain, members.dimension, members.dimension_key
            order by periods.period_start asc
            rows between unbounded preceding and current row
        ) as open_count
    from periods
    cross join members
    left join open_steps
        on
            periods.period_grain = open_steps.period_grain
            and periods.period_start = open_steps.period_start
            and members.dimension = open_steps.dimension
            and members.dimension_key = open_steps.dimension_key
),

pushed_deals as (
    select
        days.period_grain,
        days.period_start,
        pushes.opportunity_key
    from pushes
    inner join days on pushes.pushed_on = days.date_day
    -- The first push of the period stands for all of them.
    where coalesce(pushes.previous_pushed_on < days.period_start, true)
),

pushed_counts as (
    select
        pushed_deals.period_grain,
        pushed_deals.period_start,
        dimensions.dimension,
        dimensions.dimension_key,
        count(*) as pushed_count
    from pushed_deals
    inner join dimensions on pushed_deals.opportunity_key = dimensions.opportunity_key
    group by
        pushed_deals.period_grain,
        pushed_deals.period_start,
        dimensions.dimension,
        dimensions.dimension_key
),

pushing as (
    select
        open_counts.period_grain,
        open_counts.period_start,
        open_counts.dimension,
        open_counts.dimension_key,
        open_counts.dimension_value,
        open_counts.open_count,
        coalesce(pushed_counts.pushed_count, 0) as pushed_count
    from open_counts
    left join pushed_counts
        on
            open_counts.period_grain = pushed_counts.period_grain
            and open_counts.period_start = pushed_counts.period_start
            and open_counts.dimension = pushed_counts.dimension
            and open_counts.dimension_key = pushed_counts.dimension_key
    where open_counts.open_count > 0 or open_counts.dimension = 'total'
),

-- Deals without an amount above zero add nothing to either side.
marked_deals as (
    select
        'slipped' as mark,
        period_grain,
        period_start,
        opportunity_key,
        amount_base,
        is_slipped as is_marked
    from expected
    where amount_base > 0
    union all
    select
        'stalled' as mark,
        period_grain,
        period_start,
        opportunity_key,
        amount_base,
        is_stalled as is_marked
    from stalled
    where amount_base > 0
),

marked_parts as (
    select
        marked_deals.mark,
        marked_deals.period_grain,
        marked_deals.period_start,
        alike.alike_key,
        count(*) as deal_count,
        sum(marked_deals.amount_base) as amount_base,
        sum(case when marked_deals.is_marked then marked_deals.amount_base else 0 end)
            as marked_amount
    from marked_deals
    inner join alike on marked_deals.opportunity_key = alike.opportunity_key
    group by
        marked_deals.mark,
        marked_deals.period_grain,
        marked_deals.period_start,
        alike.alike_key
),

marks as (
    select 'slipped' as mark
    union all
    select 'stalled' as mark
),

marked as (
    select
        mark,
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        sum(deal_count) as deal_count,
        sum(amount_base) as amount_base,
        sum(marked_amount) as marked_amount
    from (
        select
            marked_parts.mark,
            marked_parts.period_grain,
            marked_parts.period_start,
            dimensions.dimension,
            dimensions.dimension_key,
            dimensions.dimension_value,
            marked_parts.deal_count,
            marked_parts.amount_base,
            marked_parts.marked_amount
        from marked_parts
        inner join dimensions on marked_parts.alike_key = dimensions.opportunity_key
        union all
        -- Every period has its total, also an empty one.
        select
            marks.mark,
            periods.period_grain,
            periods.period_start,
            'total' as dimension,
            'total' as dimension_key,
            'total' as dimension_value,
            0 as deal_count,
            0 as amount_base,
            0 as marked_amount
        from periods
        cross join marks
        where periods.period_grain <> 'day'
    ) as parts
    group by mark, period_grain, period_start, dimension, dimension_key, dimension_value
)

{{ kpi_rows('push_rate', 'pushing', 'open_count', 'pushed_count', 'open_count') }}
union all
{{ kpi_rows(
    'slippage_rate', 'marked', 'deal_count', 'marked_amount', 'amount_base',
    where="mark = 'slipped'"
) }}
union all
{{ kpi_rows(
    'stalled_pipeline_share', 'marked', 'deal_count', 'marked_amount', 'amount_base',
    where="mark = 'stalled'"
) }}
