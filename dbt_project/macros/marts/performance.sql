{# The KPIs of one kind of dimension value side by side, one row per value and period: the numbers are
   those of fct_kpi_values, not computed again. `named` is the relation that knows the names, `key`
   its key, `names` what it tells of them; `ratios` are KPIs that only this kind of value has. #}
{% macro performance(dimension, named, key, names, ratios=[]) -%}
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
    where dimension = '{{ dimension }}'
),

named as (
    select * from {{ named }}
),

measured as (
    select
        dimension_key as {{ key }},
        period_grain,
        period_start,
        period_end,
        is_complete,
        max(case when kpi_id = 'win_rate' then numerator end) as won_count,
        max(case when kpi_id = 'win_rate' then denominator end) as closed_count,
        max(case when kpi_id = 'attainment' then numerator end) as targeted_sales_amount,
        max(case when kpi_id = 'attainment' then denominator end) as target_amount,
        {%- for kpi_id in [
            'sales_amount', 'lost_amount', 'win_rate', 'win_rate_amount', 'average_deal_size',
            'new_customers', 'discount_rate', 'sales_cycle_days', 'pipeline_created_count',
            'pipeline_created', 'open_pipeline_count', 'open_pipeline', 'weighted_pipeline',
            'push_rate', 'slippage_rate', 'stalled_pipeline_share', 'activities_completed',
            'activities_per_working_day', 'follow_ups', 'customers_followed_up',
            'task_on_time_rate', 'task_completion_hours', 'accounts_per_rep', 'hygiene_score',
            'attainment', 'attainment_to_date', 'pacing', 'pipeline_coverage'
        ] + ratios %}
        max(case when kpi_id = '{{ kpi_id }}' then value end) as {{ kpi_id }}{{ ',' if not loop.last }}
        {%- endfor %}
    from kpi_values
    group by dimension_key, period_grain, period_start, period_end, is_complete
    -- What is counted for this kind of value only makes no row: nothing else was there.
    having bool_or(kpi_id not in ('{{ ratios | join("', '") }}'))
)

select
    measured.{{ key }},
    {%- for name in names %}
    named.{{ name }},
    {%- endfor %}
    measured.period_grain,
    measured.period_start,
    measured.period_end,
    measured.is_complete,
    cast(coalesce(measured.won_count, 0) as bigint) as won_count,
    cast(coalesce(measured.closed_count - measured.won_count, 0) as bigint) as lost_count,
    cast(coalesce(measured.sales_amount, 0) as decimal(18, 2)) as sales_amount,
    cast(coalesce(measured.lost_amount, 0) as decimal(18, 2)) as lost_amount,
    cast(measured.win_rate as double) as win_rate,
    cast(measured.win_rate_amount as double) as win_rate_amount,
    cast(measured.average_deal_size as double) as average_deal_size,
    cast(coalesce(measured.new_customers, 0) as bigint) as new_customers,
    cast(measured.discount_rate as double) as discount_rate,
    cast(measured.sales_cycle_days as double) as sales_cycle_days,
    cast(coalesce(measured.pipeline_created_count, 0) as bigint) as pipeline_created_count,
    cast(coalesce(measured.pipeline_created, 0) as decimal(18, 2)) as pipeline_created_amount,
    cast(coalesce(measured.open_pipeline_count, 0) as bigint) as open_pipeline_count,
    cast(coalesce(measured.open_pipeline, 0) as decimal(18, 2)) as open_pipeline_amount,
    cast(coalesce(measured.weighted_pipeline, 0) as decimal(18, 2)) as weighted_pipeline_amount,
    cast(measured.push_rate as double) as push_rate,
    cast(measured.slippage_rate as double) as slippage_rate,
    cast(measured.stalled_pipeline_share as double) as stalled_pipeline_share,
    cast(coalesce(measured.activities_completed, 0) as bigint) as activities_completed,
    cast(measured.activities_per_working_day as double) as activities_per_working_day,
    cast(coalesce(measured.follow_ups, 0) as bigint) as follow_ups,
    cast(coalesce(measured.customers_followed_up, 0) as bigint) as customers_followed_up,
    cast(measured.task_on_time_rate as double) as task_on_time_rate,
    cast(measured.task_completion_hours as double) as task_completion_hours,
    cast(measured.accounts_per_rep as double) as accounts_per_rep,
    cast(measured.hygiene_score as double) as hygiene_score,
    cast(measured.target_amount as decimal(18, 2)) as target_amount,
    cast(measured.targeted_sales_amount as decimal(18, 2)) as targeted_sales_amount,
    cast(measured.attainment as double) as attainment,
    cast(measured.attainment_to_date as double) as attainment_to_date,
    cast(measured.pacing as double) as pacing,
    cast(measured.pipeline_coverage as double) as pipeline_coverage
    {%- for kpi_id in ratios %},
    cast(measured.{{ kpi_id }} as double) as {{ kpi_id }}
    {%- endfor %}
from measured
left join named on measured.{{ key }} = named.{{ key }}
{%- endmacro %}
