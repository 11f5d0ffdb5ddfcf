"""A company of three deals as the publish layer holds it, with all that its suites read."""

from __future__ import annotations

from tests.data_quality.suites import company_reports

_ENGAGEMENTS = ("calls", "emails", "meetings", "tasks", "notes")
RAW = {
    "raw_hubspot": ("deals", "companies", "contacts", *_ENGAGEMENTS),
    "raw_salesforce": ("opportunities", "accounts", "contacts", "leads", "tasks", "events"),
    "raw_pipedrive": ("deals", "organizations", "persons", "activities"),
}

TABLES = """
create schema publish; create schema core; create schema funnel; create schema performance;
create schema intermediate; create schema _ingestion;
create schema kpi; create schema reports; create schema forecast;
create schema raw_hubspot; create schema raw_salesforce; create schema raw_pipedrive;

create table _ingestion.loads as
select 'salesforce' as source, timestamp '2026-11-03 15:00' as window_end;
create table publish.pub_periods as
select * from (values
    ('month', date '2026-10-01', timestamp '2026-11-01 00:00', date '2026-10-31'),
    ('month', date '2026-11-01', timestamp '2026-11-03 15:00', date '2026-11-03'),
    ('quarter', date '2026-10-01', timestamp '2026-11-03 15:00', date '2026-11-03'),
    ('year', date '2026-01-01', timestamp '2026-11-03 15:00', date '2026-11-03')
) as t(period_grain, period_start, measured_at, measured_on);

-- Won for 100 BRL, lost, open.
create table publish.pub_opportunities as
select 'o' || i as opportunity_key, 'a1' as account_key, 's' || i as stage_key, 'u1' as owner_key,
    'Ana Planted' as owner_name, cast(amount as decimal(18, 2)) as amount,
    cast(amount / 5 as decimal(18, 2)) as amount_base, 'BRL' as currency_code,
    timestamp '2026-10-05 12:00' as created_at, date '2026-10-05' as created_on,
    date '2026-10-20' as close_on, case when i < 3 then date '2026-10-20' end as closed_on,
    i < 3 as is_closed, i = 1 as is_won, i = 2 as is_lost, i = 3 as is_overdue
from (values (1, 100), (2, 50), (3, 30)) as t(i, amount);
create table core.fct_opportunities as from publish.pub_opportunities;
create table core.fct_opportunity_versions as
select opportunity_key, created_at as valid_from from publish.pub_opportunities;
create table core.dim_stage as
select stage_key, is_closed, is_won from publish.pub_opportunities;
create table publish.pub_stages as from core.dim_stage;
create table publish.pub_teams as select 't1' as team_key;
create table publish.pub_products as select unnest(['x', 'y']) as product_key;
create table publish.pub_currency_rates as
select 'BRL' as currency_code, date '2026-10-20' as rate_on, 0.2 as rate_to_base;

create table publish.pub_kpi_values as
select kpi_id, period_grain, period_start, period_end, 'total' as dimension,
    cast(value as decimal(38, 10)) as value, 'total' as dimension_key,
    cast(numerator as decimal(38, 10)) as numerator,
    cast(denominator as decimal(38, 10)) as denominator
from (values
    ('deals_won', 1, 1, null), ('sales_amount', 20, 20, null), ('leads_created', 1, 1, null),
    ('activities_completed', 1, 1, null), ('open_pipeline', 6, 6, null),
    ('deals_lost', 1, 1, null), ('lost_amount', 10, 10, null), ('new_customers', 1, 1, null),
    ('lines_without_list_price', 0, 0, null), ('discount_rate', 0.2, 5, 25),
    ('churn_rate', 0.5, 1, 2), ('campaign_roi', 1, 10, 10), ('csat', 1, 1, 1),
    ('nps', 100, 100, 1), ('active_customers', 1, 1, null)
) as kpis(kpi_id, value, numerator, denominator)
cross join (values
    ('month', date '2026-10-01', date '2026-11-01'),
    ('quarter', date '2026-10-01', date '2027-01-01'),
    ('year', date '2026-01-01', date '2027-01-01')
) as periods(period_grain, period_start, period_end);
insert into publish.pub_kpi_values
select kpi_id, period_grain, period_start, period_end, part.dimension, value, part.dimension_key,
    numerator, denominator
from publish.pub_kpi_values
cross join (values ('owner', 'u1'), ('pipeline', 'p1')) as part(dimension, dimension_key)
where kpi_id = 'sales_amount';
insert into publish.pub_kpi_values
values ('attach_rate', 'quarter', '2026-10-01', '2027-01-01', 'product_pair', 1, 'x|y', 1, 1);
create table kpi.fct_kpi_values as from publish.pub_kpi_values;

create table publish.pub_pipeline_as_of as
select 'month' as period_grain, period_start, opportunity_key, amount, amount_base
from publish.pub_opportunities
cross join (values (date '2026-10-01'), (date '2026-11-01')) as periods(period_start)
where not is_closed;
create table funnel.fct_pipeline_as_of as from publish.pub_pipeline_as_of;

create table publish.pub_pipeline_waterfall as
select 'month' as period_grain, date '2026-10-01' as period_start, dimension, dimension_key,
    'Ana Planted' as dimension_value,
    0 as start_count, 3 as new_count, 0 as reopened_count, 0 as moved_in_count,
    0 as moved_out_count, 1 as won_count, 0 as lost_count, 1 as deleted_count,
    1 as end_count, 0 as since_deleted_count,
    0.00 as start_amount, 0.00 as fx_amount, 28.00 as new_amount, 0.00 as reopened_amount,
    0.00 as moved_in_amount, 1.00 as increased_amount, 0.00 as decreased_amount,
    0.00 as moved_out_amount, 20.00 as won_amount, 0.00 as lost_amount,
    3.00 as deleted_amount, 6.00 as end_amount, 0.00 as since_deleted_amount
from (values ('total', 'total'), ('team', 't1')) as t(dimension, dimension_key);
create table funnel.fct_pipeline_waterfall as from publish.pub_pipeline_waterfall;
create table publish.pub_pipeline_intervals as
select opportunity_key, valid_from_on, valid_to_on, amount
from publish.pub_opportunities
cross join (values
    (date '2026-10-05', date '2026-10-19'), (date '2026-10-20', date '2026-11-03')
) as days(valid_from_on, valid_to_on);
create table funnel.fct_pipeline_intervals as from publish.pub_pipeline_intervals;
create table publish.pub_pipeline_daily as
select date_day, opportunity_key, amount_base, false as is_deleted_since
from publish.pub_opportunities
cross join (values (date '2026-11-02'), (date '2026-11-03')) as days(date_day)
where not is_closed;
create table funnel.fct_pipeline_daily as from publish.pub_pipeline_daily;

create table publish.pub_leads as
select 'p1' as person_key, 'Ana Planted' as full_name, timestamp '2026-10-01 12:00' as lead_at,
    date '2026-10-01' as lead_on, true as is_qualified, 3 as days_to_qualification;
create table core.fct_leads as from publish.pub_leads;

create table publish.pub_stage_conversion as
select date '2026-10-01' as cohort_month, 's3' as stage_key, 3 as entered_count,
    1 as skipped_count, 1 as converted_count, 1 as in_stage_count, 1 as left_count,
    cast(1 as double) / 3 as conversion_rate;
create table funnel.fct_stage_conversion as from publish.pub_stage_conversion;

create table publish.pub_time_in_stage as
select grain as period_grain, date '2026-10-01' as period_start, 's3' as stage_key,
    2 as completed_count, cast(4 as double) as mean_days, 1 as open_count
from (values ('month'), ('year'), ('all')) as t(grain);
create table funnel.fct_time_in_stage as from publish.pub_time_in_stage;

create table publish.pub_owner_performance as
select 'u1' as owner_key, 'Ana Planted' as owner_name, period_grain, period_start,
    true as is_complete, 1 as won_count, 1 as lost_count, 20.00 as sales_amount,
    cast(0.5 as double) as win_rate, 6.00 as open_pipeline_amount, 40.00 as target_amount,
    20.00 as targeted_sales_amount, cast(0.5 as double) as attainment
from publish.pub_kpi_values where kpi_id = 'deals_won';
create table publish.pub_team_performance as
select 't1' as team_key, columns(* exclude (owner_key)) from publish.pub_owner_performance;
create table performance.fct_owner_performance as from publish.pub_owner_performance;
create table performance.fct_team_performance as from publish.pub_team_performance;

create table publish.pub_accounts as
select 'a1' as account_key, 'Ana Planted' as account_name, 1 as won_count,
    date '2026-10-20' as last_won_on, 'several' as source_system;
create table core.dim_account as from publish.pub_accounts;
create table publish.pub_people as select 'p1' as person_key, 'Ana Planted' as full_name;
create table core.dim_person as from publish.pub_people;
create table publish.pub_owners as
select 'u1' as owner_key, 'Ana Planted' as owner_name, true as is_active;
create table core.dim_owner as from publish.pub_owners;
create table publish.pub_activities as
select 'c1' as activity_key, 'u1' as owner_key, 'call' as activity_type,
    timestamp '2026-10-02 12:00' as completed_at, date '2026-10-02' as completed_on,
    true as is_completed;
create table core.fct_activities as from publish.pub_activities;

create table publish.pub_excluded_records as
select 'opportunity' as entity, 'o9' as record_key, 'deleted' as reason
union all select 'opportunity', 'o1', 'no_rate';
create table publish.pub_kpi_catalogue as
select distinct kpi_id, 'a' as label_en, 'b' as label_es, 'c' as label_pt, 'd' as definition,
    denominator is null as is_additive, kpi_id like 'open_%' as is_stock, kpi_id = 'csat' as is_bounded
from publish.pub_kpi_values;

create table intermediate.int_crm__opportunities as from publish.pub_opportunities;
create table intermediate.int_crm__accounts as from publish.pub_accounts;
create table intermediate.int_crm__people as from publish.pub_people;
create table intermediate.int_crm__activities as from publish.pub_activities;
"""

# All in Salesforce: the tables of the others are there and empty.
_ROWS = {"opportunities": 3, "accounts": 1, "contacts": 1, "tasks": 1}


def statements() -> str:
    raw = [
        f"create table {schema}.{table} as select * from range("
        f"{_ROWS.get(table, 0) if schema == 'raw_salesforce' else 0}) as t(id);"
        for schema, tables in RAW.items()
        for table in tables
    ]
    return TABLES + company_reports.statements() + "\n".join(raw)
