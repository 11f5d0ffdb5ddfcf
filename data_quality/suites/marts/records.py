"""What everything else hangs on: accounts, people, owners, activities, what is left out."""

from __future__ import annotations

from data_quality.expectations import no_rows, row_count
from data_quality.model import Suite
from data_quality.suites.marts.leaving import (
    AS_OF,
    MANY,
    adds_up_to_the_kpi,
    comes_from_the_crms,
    leaving,
)

_WINS_ARE_THE_DEALS = no_rows(
    "wins_are_the_deals",
    """
    select accounts.account_key, accounts.won_count, coalesce(deals.won_count, 0) as won_deals
    from {batch} as accounts
    left join (
        select account_key, count(*) as won_count, max(closed_on) as last_won_on
        from publish.pub_opportunities where is_won group by account_key
    ) as deals on accounts.account_key = deals.account_key
    where accounts.won_count <> coalesce(deals.won_count, 0)
        or accounts.last_won_on is distinct from deals.last_won_on
    """,
    why="a customer is an account with a win in the list of deals",
)
_NAMES_ARE_NOT_ADDRESSES = no_rows(
    "names_are_not_addresses",
    "select person_key from {batch} where full_name like '%_@_%.__%'",
    why="addresses stay in the warehouse; one that was typed as a name would leave it",
    severity="warning",
)
_ONE_NAME_ONCE = no_rows(
    "one_name_once",
    """
    select min(owner_key) as owner_key, max(owner_key) as other_owner_key
    from {batch}
    where is_active and owner_name is not null
    group by lower(trim(owner_name))
    having count(*) > 1
    """,
    why="one seller under two keys has half of their sales under each",
    severity="warning",
)
_DONE_IN_THE_PAST = no_rows(
    "done_in_the_past",
    f"""
    select activity_key, completed_at from {{batch}}
    where is_completed and (completed_on is null or completed_at > {AS_OF})
    """,
    why="what is planned is not done",
)
_GOES_ON = no_rows(
    "goes_on",
    f"""
    select lately, before
    from (
        select count(*) filter (where completed_at > {AS_OF} - interval 14 day) as lately,
            count(*) filter (
                where completed_at <= {AS_OF} - interval 14 day
                    and completed_at > {AS_OF} - interval 56 day
            ) as before
        from {{batch}} where is_completed
    ) as counted
    where lately = 0 and before >= {MANY}
    """,
    why="a busy team does not fall silent for two weeks: a sync has stopped",
    severity="warning",
)
_COUNTED_OR_LEFT_OUT = no_rows(
    "counted_or_left_out",
    """
    select left_out.record_key, left_out.reason
    from {batch} as left_out
    inner join publish.pub_opportunities as deals on left_out.record_key = deals.opportunity_key
    where left_out.entity = 'opportunity'
        -- These leave some KPIs only.
        and left_out.reason not in ('no_rate', 'negative_duration', 'no_close_date', 'outside_calendar')
    """,
    why="a deal that is left out and counted makes both lists wrong",
)
# A tidy CRM deletes and merges a lot; the other reasons are rules of ours, which may overreach.
_MOST_DEALS_COUNT = no_rows(
    "most_deals_count",
    f"""
    select left_out.deals as left_out, counted.deals as counted
    from (
        select count(distinct record_key) as deals from {{batch}}
        where entity = 'opportunity' and reason in ('test', 'duplicate_loss', 'duplicate_load')
    ) as left_out
    cross join (select count(*) as deals from publish.pub_opportunities) as counted
    where left_out.deals >= {MANY} and left_out.deals > counted.deals
    """,
    why="numbers about the smaller half of the deals are not the company's numbers",
)
_EVERY_KPI_IS_EXPLAINED = no_rows(
    "every_kpi_is_explained",
    """
    select kpi_id from {batch}
    where coalesce(trim(label_en), '') = '' or coalesce(trim(label_es), '') = ''
        or coalesce(trim(label_pt), '') = '' or coalesce(trim(definition), '') = ''
    """,
    why="a number that nobody can look up is not believed",
)
# The table that is published holds the KPIs of the catalogue only: the others are seen before it.
_EVERY_PUBLISHED_KPI_IS_EXPLAINED = no_rows(
    "every_published_kpi_is_explained",
    """
    select kpi_id, count(*) as records from kpi.fct_kpi_values
    where kpi_id not in (select kpi_id from {batch})
    group by kpi_id
    """,
    why="a number that the catalogue does not know is published nowhere, and nobody is told",
)
# Beside days they need a past, a pair of products, or a source that tells its own count.
WITHOUT_A_TOTAL = (
    "attach_rate",
    "ramp_attainment",
    "forecast_amount",
    "forecast_amount_p10",
    "forecast_amount_p90",
    "freshness_minutes",
    "completeness",
    "reconciliation_gap",
)
_EVERY_KPI_IS_MEASURED = no_rows(
    "every_kpi_is_measured",
    f"""
    select kpi_id from {{batch}}
    where kpi_id not in (
            select kpi_id from publish.pub_kpi_values
            where dimension = 'total' and period_grain in ('month', 'year')
        )
        and kpi_id not in ({", ".join(f"'{kpi}'" for kpi in WITHOUT_A_TOTAL)})
    """,
    why="a catalogue that promises what nobody finds",
    severity="warning",
    unless="""
        select 'nothing has happened yet' where not exists (select 1 from publish.pub_opportunities)
    """,
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_accounts",
        key=("account_key",),
        of="core.dim_account",
        why="who is a customer, and since when",
        also=(
            comes_from_the_crms(
                "intermediate.int_crm__accounts",
                "raw_hubspot.companies",
                "raw_salesforce.accounts",
                "raw_pipedrive.organizations",
            ),
            _WINS_ARE_THE_DEALS,
        ),
    ),
    leaving(
        "pub_people",
        key=("person_key",),
        of="core.dim_person",
        why="who the company talks to; it carries names, so nothing more may slip in",
        also=(
            comes_from_the_crms(
                "intermediate.int_crm__people",
                "raw_hubspot.contacts",
                "raw_salesforce.contacts",
                "raw_salesforce.leads",
                "raw_pipedrive.persons",
            ),
            _NAMES_ARE_NOT_ADDRESSES,
        ),
    ),
    leaving(
        "pub_owners",
        key=("owner_key",),
        of="core.dim_owner",
        why="a sale without its seller is in no ranking",
        # Not held against the CRMs: an owner whom no CRM lists any more has a row all the same.
        also=(_ONE_NAME_ONCE,),
    ),
    leaving(
        "pub_activities",
        key=("activity_key",),
        of="core.fct_activities",
        why="what sellers did, which they know better than anyone",
        also=(
            comes_from_the_crms(
                "intermediate.int_crm__activities",
                "raw_hubspot.calls",
                "raw_hubspot.emails",
                "raw_hubspot.meetings",
                "raw_hubspot.tasks",
                "raw_hubspot.notes",
                "raw_salesforce.tasks",
                "raw_salesforce.events",
                "raw_pipedrive.activities",
            ),
            adds_up_to_the_kpi(
                "activities_completed",
                "1",
                day="completed_on",
                counted="is_completed and activity_type <> 'incoming_email'",
            ),
            _DONE_IN_THE_PAST,
            _GOES_ON,
        ),
    ),
    # No history to keep: an exclusion that ends is good news.
    Suite(
        relation="publish.pub_excluded_records",
        owner="sales-operations",
        why="who misses a deal looks for it here",
        expectations=(_COUNTED_OR_LEFT_OUT, _MOST_DEALS_COUNT),
        key=("record_key",),
    ),
    Suite(
        relation="publish.pub_kpi_catalogue",
        owner="sales-operations",
        why="what every number means, in three languages",
        expectations=(
            row_count(1, why="without it no KPI has a name"),
            _EVERY_KPI_IS_EXPLAINED,
            _EVERY_PUBLISHED_KPI_IS_EXPLAINED,
            _EVERY_KPI_IS_MEASURED,
        ),
        key=("kpi_id",),
    ),
)
