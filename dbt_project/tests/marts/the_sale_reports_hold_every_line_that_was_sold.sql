-- The sale report, the product sales, the customers' purchases and the summary are the same lines,
-- summed in other ways.
with lines as (
    select * from {{ ref('fct_opportunity_lines') }}
    where is_won
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

sold as (
    select
        days.period_grain,
        days.period_start,
        count(*) as line_count,
        coalesce(sum(lines.quantity), 0) as units,
        coalesce(sum(lines.net_amount_base), 0) as net_amount
    from lines
    inner join days on lines.closed_on = days.date_day
    group by days.period_grain, days.period_start
),

reported as (
    select
        'fct_sale_report' as report,
        period_grain,
        period_start,
        sum(line_count) as line_count,
        sum(units) as units,
        sum(net_amount) as net_amount
    from {{ ref('fct_sale_report') }}
    group by period_grain, period_start
    union all
    select
        'fct_product_sales' as report,
        period_grain,
        period_start,
        sum(line_count) as line_count,
        sum(units) as units,
        sum(net_amount) as net_amount
    from {{ ref('fct_product_sales') }}
    group by period_grain, period_start
    union all
    select
        'fct_customer_purchases' as report,
        period_grain,
        period_start,
        cast(null as bigint) as line_count,
        sum(units) as units,
        sum(net_amount) as net_amount
    from {{ ref('fct_customer_purchases') }}
    group by period_grain, period_start
    union all
    select
        'fct_sales_summary' as report,
        period_grain,
        period_start,
        cast(null as bigint) as line_count,
        units,
        net_amount
    from {{ ref('fct_sales_summary') }}
),

reports as (
    select distinct report
    from reported
),

expected as (
    select
        reports.report,
        sold.period_grain,
        sold.period_start,
        sold.line_count,
        sold.units,
        sold.net_amount
    from reports
    cross join sold
)

select
    coalesce(expected.report, reported.report) as report,
    coalesce(expected.period_grain, reported.period_grain) as period_grain,
    coalesce(expected.period_start, reported.period_start) as period_start,
    expected.net_amount as sold_amount,
    reported.net_amount as reported_amount
from expected
full outer join reported
    on
        expected.report = reported.report
        and expected.period_grain = reported.period_grain
        and expected.period_start = reported.period_start
where
    -- A report may show a period in which nothing was sold, with nothing in it.
    coalesce(expected.net_amount, 0) is distinct from reported.net_amount
    or coalesce(expected.units, 0) is distinct from reported.units
    or (
        reported.line_count is not null
        and coalesce(expected.line_count, 0) <> reported.line_count
    )
