"""What may happen to the records and the funnel, and what has to notice it."""

from __future__ import annotations

# Sixty wins of 1 each, in the list and in what it is held against.
MANY_DEALS = """
    insert into publish.pub_opportunities
    select 'n' || range, 'a1', 's1', null, null, 5, 1, 'BRL', '2026-10-05', '2026-10-05',
        '2026-10-20', '2026-10-20', true, true, false, false
    from range(60)
"""
# The view, what happens to its rows or to those that it is held against, and what notices it.
DAY_OF = (
    "insert into publish.pub_kpi_values"
    " (kpi_id, period_grain, period_start, period_end, dimension, value)"
    " values ('open_pipeline', 'day', '2026-11-03', '2026-11-04', 'total', "
)
HARM = [
    ("pub_opportunities", "delete from {} where is_lost", "holds_every_record"),
    ("pub_opportunities", "update {} set amount_base = 21 where is_won", "holds_every_record"),
    ("pub_opportunities", "delete from raw_salesforce.opportunities", "comes_from_the_crms"),
    (
        "pub_opportunities",
        "insert into raw_salesforce.opportunities from range(9)",
        "comes_from_the_crms",
    ),
    (
        "pub_opportunities",
        "update {} set amount_base = 20.01 where is_won",
        "adds_up_to_sales_amount",
    ),
    ("pub_opportunities", "update {} set is_closed = false where is_won", "closed_and_won_agree"),
    ("pub_opportunities", "update {} set is_won = true", "closed_and_won_agree"),
    (
        "pub_opportunities",
        MANY_DEALS + "; update {} set created_on = '1970-01-21' where owner_key is null",
        "dates_are_plausible",
    ),
    (
        "pub_opportunities",
        MANY_DEALS + "; update {} set close_on = '2060-01-01' where owner_key is null",
        "dates_are_plausible",
    ),
    ("pub_opportunities", "update {} set closed_on = '2027-02-01'", "closed_in_the_past"),
    ("pub_opportunities", "update core.dim_stage set is_won = true", "stage_says_the_same"),
    (
        "pub_opportunities",
        MANY_DEALS + "; update {} set amount_base = 9999 where opportunity_key = 'n7'",
        "amounts_are_plausible",
    ),
    ("pub_opportunities", MANY_DEALS + "; update {} set amount_base = null", "wins_are_converted"),
    ("pub_opportunities", MANY_DEALS, "owners_are_known"),
    (
        "pub_pipeline_as_of",
        "delete from {} where period_start < '2026-11-01'",
        "holds_every_record",
    ),
    (
        "pub_pipeline_as_of",
        MANY_DEALS + "; update publish.pub_opportunities set is_closed = false",
        "today_is_the_open_deals",
    ),
    (
        "pub_pipeline_as_of",
        "insert into {} select 'month', '2026-11-01', 'x' || range, 1, 1 from range(6)",
        "today_is_the_open_deals",
    ),
    ("pub_pipeline_waterfall", "delete from {}", "holds_every_record"),
    (
        "pub_pipeline_waterfall",
        "update {} set fx_amount = 0.01",
        "flows_lead_from_start_to_end",
    ),
    ("pub_pipeline_waterfall", "update {} set new_count = 2", "flows_lead_from_start_to_end"),
    ("pub_pipeline_waterfall", "update {} set deleted_amount = 2", "flows_lead_from_start_to_end"),
    (
        "pub_pipeline_waterfall",
        "update {} set end_amount = 5 where dimension = 'team'",
        "teams_add_up_to_the_total",
    ),
    (
        "pub_pipeline_waterfall",
        "update publish.pub_kpi_values set value = 6.01",
        "ends_at_the_open_pipeline",
    ),
    (
        "pub_pipeline_waterfall",
        "update {} set since_deleted_amount = 1",
        "ends_at_the_open_pipeline",
    ),
    ("pub_pipeline_intervals", "delete from {}", "holds_every_record"),
    (
        "pub_pipeline_intervals",
        "update {} set valid_to_on = '2026-10-20' where valid_to_on = '2026-10-19'",
        "days_follow_each_other",
    ),
    (
        "pub_pipeline_daily",
        "delete from {} where date_day = '2026-11-03'",
        "holds_every_record",
    ),
    ("pub_pipeline_daily", DAY_OF + "6.01)", "a_day_is_the_open_pipeline"),
    (
        "pub_pipeline_daily",
        DAY_OF + "6); update {} set is_deleted_since = true where date_day = '2026-11-03';"
        " insert into publish.pub_pipeline_daily select '2026-11-03', 'x', 1, false",
        "a_day_is_the_open_pipeline",
    ),
    ("pub_leads", "delete from {}", "holds_every_record"),
    ("pub_leads", "insert into {} from publish.pub_leads", "adds_up_to_leads_created"),
    (
        "pub_leads",
        "insert into {} select 'x', 'y', '2026-10-01', '2026-10-01', true, -9 from range(60)",
        "qualified_afterwards",
    ),
    ("pub_leads", "update {} set lead_at = '2027-01-01'", "leads_are_of_the_past"),
    ("pub_stage_conversion", "update {} set converted_count = 2", "holds_every_record"),
    ("pub_stage_conversion", "update {} set left_count = 2", "counts_make_the_rate"),
    ("pub_stage_conversion", "update {} set conversion_rate = 0.5", "counts_make_the_rate"),
    ("pub_stage_conversion", "update {} set cohort_month = '2026-12-01'", "cohorts_have_begun"),
    (
        "pub_stage_conversion",
        MANY_DEALS + "; update publish.pub_opportunities set is_closed = false",
        "open_deals_entered_their_stage",
    ),
    (
        "pub_stage_conversion",
        "update {} set in_stage_count = 9",
        "open_deals_entered_their_stage",
    ),
    ("pub_time_in_stage", "delete from {} where period_grain = 'year'", "holds_every_record"),
    (
        "pub_time_in_stage",
        "update {} set open_count = 2 where period_grain = 'all'",
        "months_add_up",
    ),
    ("pub_time_in_stage", "update {} set mean_days = 20000", "mean_days_in_range"),
    ("pub_owner_performance", "delete from {}", "holds_every_record"),
    ("pub_owner_performance", "update {} set sales_amount = 19.99", "adds_up_to_the_kpis"),
    ("pub_owner_performance", "update {} set won_count = 2", "adds_up_to_the_kpis"),
    ("pub_owner_performance", "update {} set win_rate = 1", "rates_are_their_parts"),
    ("pub_owner_performance", "update {} set attainment = 2", "rates_are_their_parts"),
    (
        "pub_owner_performance",
        "update {} set period_grain = 'quarter', attainment = 21",
        "attainment_is_plausible",
    ),
    ("pub_team_performance", "delete from {}", "holds_every_record"),
    ("pub_team_performance", "update {} set open_pipeline_amount = 5", "adds_up_to_the_kpis"),
    ("pub_team_performance", "update {} set win_rate = null", "rates_are_their_parts"),
    (
        "pub_team_performance",
        "update {} set period_grain = 'quarter', attainment = 21",
        "attainment_is_plausible",
    ),
    ("pub_accounts", "delete from {}", "holds_every_record"),
    ("pub_accounts", "delete from raw_salesforce.accounts", "comes_from_the_crms"),
    ("pub_accounts", "update {} set won_count = 2", "wins_are_the_deals"),
    ("pub_accounts", "update {} set last_won_on = null", "wins_are_the_deals"),
    ("pub_people", "insert into {} from publish.pub_people", "holds_every_record"),
    ("pub_people", "insert into raw_hubspot.contacts from range(5)", "comes_from_the_crms"),
    ("pub_people", "update {} set full_name = 'ana@planted.example'", "names_are_not_addresses"),
    ("pub_owners", "delete from {}", "holds_every_record"),
    ("pub_owners", "insert into {} values ('u2', 'ana planted ', true)", "one_name_once"),
    ("pub_stages", "insert into {} from publish.pub_stages", "holds_every_record"),
    ("pub_stages", "delete from {} where stage_key = 's1'", "finds_the_keys"),
    ("pub_products", "update {} set product_key = 'planted'", "finds_the_keys"),
    ("pub_teams", "update {} set team_key = 'planted'", "finds_the_keys"),
    ("pub_currency_rates", "update {} set rate_to_base = 0", "rates_are_positive"),
    ("pub_activities", "delete from {}", "holds_every_record"),
    ("pub_activities", "delete from raw_salesforce.tasks", "comes_from_the_crms"),
    ("pub_activities", "update {} set is_completed = false", "adds_up_to_activities_completed"),
    ("pub_activities", "update {} set completed_at = '2026-11-04'", "done_in_the_past"),
    (
        "pub_activities",
        "insert into {} select 'x', 'u1', 'call', '2026-10-02', '2026-10-02', true from range(60)",
        "goes_on",
    ),
    (
        "pub_excluded_records",
        "insert into {} values ('opportunity', 'o1', 'test')",
        "counted_or_left_out",
    ),
    (
        "pub_excluded_records",
        "insert into {} select 'opportunity', 'x' || range, 'test' from range(60)",
        "most_deals_count",
    ),
    ("pub_kpi_catalogue", "delete from {}", "has_rows"),
    ("pub_kpi_catalogue", "update {} set label_pt = ' '", "every_kpi_is_explained"),
    (
        "pub_kpi_catalogue",
        "insert into {} (kpi_id, label_en) values ('new', 'a')",
        "every_kpi_is_measured",
    ),
    (
        "pub_kpi_catalogue",
        "insert into kpi.fct_kpi_values (kpi_id) values ('new')",
        "every_published_kpi_is_explained",
    ),
]
