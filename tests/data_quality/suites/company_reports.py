"""The reports about the company of three deals, each with the mart that it is published from."""

from __future__ import annotations

MARTS = {
    "pub_presale": "reports.fct_presale",
    "pub_bottlenecks": "reports.fct_bottlenecks",
    "pub_campaign_effectiveness": "reports.fct_campaign_effectiveness",
    "pub_rep_ranking": "reports.fct_rep_ranking",
    "pub_rep_scorecard": "reports.fct_rep_scorecard",
    "pub_sale_report": "reports.fct_sale_report",
    "pub_sales_summary": "reports.fct_sales_summary",
    "pub_product_sales": "reports.fct_product_sales",
    "pub_customer_purchases": "reports.fct_customer_purchases",
    "pub_product_pairs": "core.fct_product_pairs",
    "pub_discount_effect": "reports.fct_discount_effect",
    "pub_price_effect": "reports.fct_price_effect",
    "pub_closing_reasons": "reports.fct_closing_reasons",
    "pub_customer_journey": "reports.fct_customer_journey",
    "pub_post_sale": "reports.fct_post_sale",
    "pub_customer_segments": "reports.fct_customer_segments",
    "pub_customer_profitability": "reports.fct_customer_profitability",
    "pub_churned_customers": "reports.fct_customer_churn",
    "pub_customers_at_risk": "reports.fct_customers_at_risk",
    "pub_heartbeat": "reports.fct_heartbeat",
    "pub_performance_records": "reports.fct_performance_records",
    "pub_performance_plan": "reports.fct_performance_plan",
    "pub_goals": "core.fct_goals",
    "pub_sales_forecast": "forecast.fct_sales_forecast",
    "pub_benchmark": "reports.fct_benchmark",
    "pub_currency_rates": "core.dim_currency_rate",
    "pub_products": "core.dim_product",
    "pub_teams": "core.dim_team",
    "pub_data_states": "core.fct_data_states",
    "pub_quarantined_rows": "core.fct_quarantined_rows",
    "pub_doubtful_matches": "core.fct_doubtful_matches",
}

_PERIODS = """(
    select period_grain, period_start, period_end from publish.pub_kpi_values
    where kpi_id = 'deals_won'
) as periods"""

_TABLES = f"""
-- The win has two lines, each sold at a fifth below its list price.
create table core.fct_opportunity_lines as
select product_key, true as is_won, date '2026-10-20' as closed_on,
    cast(1 as decimal(18, 4)) as quantity, cast(list_amount as decimal(18, 2)) as list_amount_base,
    cast(list_amount * 0.8 as decimal(18, 2)) as net_amount_base
from (values ('x', 15), ('y', 10)) as lines(product_key, list_amount);

create table publish.pub_sale_report as
select period_grain, period_start, product_key, 'a1' as account_key, 'none' as discount_kind,
    1 as line_count, quantity as units, list_amount_base as list_amount,
    net_amount_base as net_amount, list_amount_base - net_amount_base as discount_amount,
    cast(0.2 as double) as discount_rate, 0 as lines_without_list_price
from core.fct_opportunity_lines cross join {_PERIODS};
create table publish.pub_sales_summary as
select period_grain, period_start, 1 as won_count, 20.00 as sales_amount, 1 as customer_count,
    1 as deal_count, sum(units) as units,
    sum(list_amount) as list_amount, sum(net_amount) as net_amount,
    sum(discount_amount) as discount_amount
from publish.pub_sale_report group by all;
create table publish.pub_customer_purchases as
select account_key, columns(* exclude (customer_count))
from publish.pub_sales_summary cross join (select 'a1' as account_key) as accounts;
create table publish.pub_product_sales as
select period_grain, period_start, product_key, line_count, units, net_amount, discount_amount,
    0.00 as returned_amount, cast(net_amount as double) / 20 as amount_share,
    case product_key when 'x' then 1 else 2 end as amount_rank, 1 as units_rank,
    product_key = 'x' as is_best_seller
from publish.pub_sale_report;
create table publish.pub_product_pairs as
select period_grain, period_start, product_key_a, product_key_b, 1 as deals_with_a,
    1 as deals_with_b, 1 as deals_with_both
from (values ('x', 'y'), ('y', 'x')) as pairs(product_key_a, product_key_b)
cross join {_PERIODS} where period_grain <> 'month';
create table publish.pub_discount_effect as
select period_grain, period_start, 'new' as deal_type, 'none' as discount_band, 1 as won_count,
    1 as lost_count, 20.00 as won_amount, 10.00 as lost_amount
from {_PERIODS} where period_grain <> 'month';
create table publish.pub_price_effect as
select period_grain, period_start, 'x' as product_key, 'about the median' as price_level,
    1 as won_count, 0 as lost_count, 12.00 as won_amount, 0.00 as lost_amount
from {_PERIODS} where period_grain <> 'month';
create table publish.pub_closing_reasons as
select period_grain, period_start, outcome, reason, 's3' as stage_key, 'u1' as owner_key,
    'new' as deal_type, 1 as deal_count, cast(amount as decimal(38, 2)) as amount
from (values ('won', 'unknown', 20), ('lost', 'Planted', 10)) as t(outcome, reason, amount)
cross join {_PERIODS};

create table publish.pub_presale as
select path_key, date '2026-10-01' as cohort_month, 'email' as lead_source, 'u1' as owner_key,
    stage_key, 1 as entered_count, 0 as skipped_count, 1 as passed_count, 0 as inside_count,
    0 as left_count, 1 as bought_count, cast(1 as double) as pass_rate
from (values ('leads', 'lead'), ('p1', 's3')) as stages(path_key, stage_key);
create table publish.pub_bottlenecks as
select date '2026-10-01' as quarter_start, 'p1' as pipeline_key, stage_key, 20.00 as won_amount,
    4.00 as conversion_cost_amount, duration_cost_amount, duration_cost_amount as cost_amount,
    cost_rank, cost_rank = 1 as is_bottleneck
from (values ('s3', 6.00, 1), ('s4', 5.00, 2)) as t(stage_key, duration_cost_amount, cost_rank);
create table publish.pub_campaign_effectiveness as
select period_grain, period_start, dimension, dimension_key, 10.00 as spend_base, 1 as lead_count,
    1 as won_count, 20.00 as won_amount, 1 as attributed_won_count, 1 as new_customer_count
from (values ('total', 'total'), ('campaign', 'm1')) as t(dimension, dimension_key)
cross join {_PERIODS};

create table publish.pub_rep_ranking as
select 'u1' as owner_key, 'Ana Planted' as owner_name, period_grain, period_start,
    'sales_amount' as kpi_id, 'up' as better, cast(20 as double) as value, 1 as company_rank,
    1 as company_peer_count, cast(null as double) as company_percentile, 1 as team_rank,
    1 as team_peer_count, cast(null as double) as team_percentile
from {_PERIODS};
create table publish.pub_rep_scorecard as
select owner_key, owner_name, period_grain, period_start, won_count, sales_amount, target_amount,
    attainment, 1 as sales_company_rank, 'sales_amount' as strength_1_kpi_id,
    cast(1 as double) as strength_1_percentile, cast(null as varchar) as strength_2_kpi_id,
    cast(null as double) as strength_2_percentile, 'win_rate' as weakness_1_kpi_id,
    cast(0 as double) as weakness_1_percentile, cast(null as varchar) as weakness_2_kpi_id
from publish.pub_owner_performance;

create table publish.pub_customer_journey as
select 'a1' as account_key, 'Ana Planted' as account_name, event_number, event_type,
    date '2026-10-01' + days_since_first as occurred_on, days_since_previous, days_since_first,
    opportunity_key, amount_base
from (values
    (1, 'contact_created', null, 0, null, null), (2, 'deal_created', 4, 4, 'o1', null),
    (3, 'won', 15, 19, 'o1', 20.00)
) as t(event_number, event_type, days_since_previous, days_since_first, opportunity_key,
    amount_base);
create table publish.pub_post_sale as
select period_grain, period_start, 'total' as segment_kind, 'total' as segment_key,
    cast(1 as double) as csat, cast(100 as double) as nps, 0 as open_ticket_count,
    cast(null as double) as complaint_rate, cast(null as double) as return_rate,
    cast(null as double) as return_value_rate, cast(null as double) as first_response_hours,
    cast(null as double) as resolution_hours, 0.00 as sold_amount, 0.00 as returned_amount
from {_PERIODS};
create table reports.fct_customer_rfm as
select 'a1' as account_key, 'Ana Planted' as account_name, date '2026-10-20' as last_won_on,
    20.00 as monetary_amount, 5 as recency_score, 5 as frequency_score, 5 as monetary_score,
    is_latest
from (values (true), (false)) as months(is_latest);
create table publish.pub_customer_rfm as
select columns(* exclude (is_latest)) from reports.fct_customer_rfm where is_latest;
create table publish.pub_customer_segments as
select month_start, measured_on, 'champions' as segment, 'none' as segment_a_quarter_ago,
    1 as account_count, 20.00 as purchase_amount
from (values
    (date '2026-10-01', date '2026-10-31'), (date '2026-11-01', date '2026-11-03')
) as months(month_start, measured_on);
-- Of the second, only what it gave back is of the last year.
create table publish.pub_customer_profitability as
select account_key, net_sales, returned_amount, cost_of_goods, 2.00 as campaign_spend,
    contribution, abc_class
from (values
    ('a1', 20.00, 0.00, 8.00, 10.00, 'A'), ('a2', 0.00, 1.00, 0.00, -3.00, 'C')
) as t(account_key, net_sales, returned_amount, cost_of_goods, contribution, abc_class);
create table publish.pub_churned_customers as
select 'a2' as account_key, date '2026-10-01' as month_start, date '2026-10-10' as lost_on,
    date '2025-10-09' as customer_since, cast(null as date) as won_back_on,
    30.00 as amount_two_years, 'Planted' as reason, 'purchases' as reason_source;
create table publish.pub_customers_at_risk as
select 'a1' as account_key, 20.00 as monetary_amount, true as is_lapsing,
    false as is_in_segment_at_risk, true as has_complained, false as is_unsatisfied,
    2 as sign_count, 1 as open_deal_count, 6.00 as open_amount;

create table publish.pub_goals as
select 'sales_amount' as kpi_id, 'year' as period_grain, date '2026-01-01' as period_start,
    dimension, dimension_key, goal_rule, cast(40 as decimal(18, 4)) as goal_value,
    cast(32 as decimal(18, 4)) as goal_to_date, true as is_whole
from (values ('total', 'total', 'sum'), ('team', 't1', 'own'))
    as t(dimension, dimension_key, goal_rule);
create table publish.pub_heartbeat as
select kpi.kpi_id, kpi.period_grain, kpi.period_start, kpi.dimension, kpi.dimension_key, kpi.value,
    cast(0 as decimal(38, 10)) as previous_value, goals.goal_value,
    case when goals.goal_value is null then 'no_goal' else 'off_track' end as status
from publish.pub_kpi_values as kpi
left join publish.pub_goals as goals
    using (kpi_id, period_grain, period_start, dimension, dimension_key)
where kpi.period_grain <> 'month';
create table publish.pub_performance_records as
select kpi_id, period_grain, period_start, dimension, dimension_key, value,
    cast(null as decimal(18, 4)) as goal_value, 'no_goal' as status
from publish.pub_kpi_values
where kpi_id in ('sales_amount', 'deals_won') and period_grain = 'month'
    and dimension in ('total', 'owner');
create table publish.pub_performance_plan as
select kpi_id, period_grain, period_start, date '2027-01-01' as period_end, false as is_complete,
    dimension, dimension_key, cast(value as double) as value, cast(goal_value as double)
        as goal_value,
    status, date '2026-04-01' as checkpoint_1_on, date '2026-07-01' as checkpoint_2_on,
    date '2026-10-01' as checkpoint_3_on, date '2026-12-31' as checkpoint_4_on,
    cast(10 as double) as checkpoint_1_expected, cast(20 as double) as checkpoint_2_expected,
    cast(30 as double) as checkpoint_3_expected, cast(40 as double) as checkpoint_4_expected,
    cast(null as double) as checkpoint_4_value
from publish.pub_heartbeat where goal_value is not null;
create table publish.pub_sales_forecast as
select 'month' as period_grain, date '2026-10-01' as period_start, date '2026-11-01' as period_end,
    true as is_complete, 'start' as horizon, date '2026-10-01' as made_on, 'total' as dimension,
    'total' as dimension_key, 0.00 as won_amount, 10.00 as forecast_p10, 19.00 as forecast_p50,
    30.00 as forecast_p90, 20.00 as actual_amount;
create table publish.pub_benchmark as
select 'b1' as benchmark_key, 'csat' as kpi_id, 'year' as period_grain,
    date '2026-01-01' as period_start, 'total' as dimension, 'total' as dimension_key,
    cast(1 as double) as own_value, cast(0.8 as double) as benchmark_value, 'better' as standing;

create table publish.pub_data_states as
select source_system, entity, vendor_row_count, raw_row_count,
    raw_row_count - vendor_row_count as row_gap, cast(null as decimal(18, 2)) as vendor_value,
    cast(null as decimal(18, 2)) as raw_value, cast(null as decimal(18, 2)) as value_gap,
    is_reconciled
from (values ('salesforce', 'opportunities', 3, 3, true), ('spreadsheets', 'targets', null, 2, null))
    as t(source_system, entity, vendor_row_count, raw_row_count, is_reconciled);
create table publish.pub_quarantined_rows as
select 'q1' as quarantine_key, 'targets.xlsx' as file_name, 7 as sheet_row,
    'p***' as found_value, 'Target is no number' as reason;
create table publish.pub_doubtful_matches as
select doubt_key, 'account' as entity, is_joined, 'hubspot' as source_system_a, 'h1' as id_a,
    'a1' as record_key_a, 'salesforce' as source_system_b, 's1' as id_b, record_key_b, match_rule,
    cast(match_confidence as decimal(3, 2)) as match_confidence
from (values ('d1', true, 'a1', 'name_country', 0.85), ('d2', false, 'a2', null, null))
    as t(doubt_key, is_joined, record_key_b, match_rule, match_confidence);
"""


def statements() -> str:
    return _TABLES + "".join(
        f"create table {mart} as from publish.{table};\n" for table, mart in MARTS.items()
    )
