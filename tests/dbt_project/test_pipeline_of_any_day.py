"""The pipeline's past and its waterfall, on random histories, beside an independent reading of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project.compiled import Model, compiled, place
from tests.dbt_project.histories import (
    DAY,
    FIRST_DAY,
    LAST_DAY,
    OPEN,
    Company,
    History,
    business_day,
    days,
    histories,
    instants,
    rates,
)

pytestmark = pytest.mark.xdist_group("dbt_compiled")

# From the changes of single fields to the waterfall, in the order of their making.
MADE = (
    *("int_crm__opportunity_states", "int_crm__opportunity_versions", "fct_opportunity_versions"),
    *("dim_period", "bridge_day_period", "fct_pipeline_versions", "fct_pipeline_intervals"),
    *("fct_pipeline_daily", "fct_pipeline_as_of", "fct_pipeline_flows", "fct_pipeline_waterfall"),
)
ANY_DAYS = "pipeline_waterfall_of_any_days"
FIRST, LAST = "2026-01-29", "2026-02-03"
COUNTED = ("new", "reopened", "moved_in", "moved_out", "won", "lost", "deleted")
VALUED = ("fx", "increased", "decreased", *COUNTED)
TABLES = """
create table core.dim_date as
select cast(day as date) as date_day,
    cast(date_trunc('week', day) as date) as week_start,
    cast(date_trunc('month', day) as date) as month_start,
    cast(date_trunc('quarter', day) as date) as quarter_start,
    cast(date_trunc('year', day) as date) as year_start,
    day >= {first} and day <= {today} as is_in_spine
from generate_series({first} - interval 1 day, {last} + interval 30 day, interval 1 day) as t(day);
create table core.dim_team as
select * from (values ('t1', 'One'), ('t2', 'Two')) as t(team_key, team_name);
create table core.dim_owner as
select * from (values ('o1', 't1'), ('o2', 't1'), ('o3', 't2')) as t(owner_key, team_key);
create table intermediate.int_crm__owner_ids as
select 'hubspot' as source_system, owner_key as vendor_id, owner_key from core.dim_owner;
create table intermediate.int_crm__stages as
select md5('stage|hubspot|p|' || name) as stage_key, 'p' as pipeline_key, 0.5 as probability,
    name in ('won', 'lost') as is_closed, name = 'won' as is_won
from (values ('new'), ('late'), ('won'), ('lost')) as t(name);
create table core.dim_stage as from intermediate.int_crm__stages;
create table intermediate.int_hubspot__opportunities_conformed (
    source_system text, vendor_id text, vendor_pipeline_id text, vendor_stage_id text,
    amount decimal(18, 2), closed_on date, vendor_owner_id text, forecast_category text,
    created_at timestamp, changed_at timestamp, is_closed boolean
);
create table intermediate.int_salesforce__opportunities_conformed as
from intermediate.int_hubspot__opportunities_conformed;
create table intermediate.int_pipedrive__opportunities_conformed as
from intermediate.int_hubspot__opportunities_conformed;
create table intermediate.int_hubspot__opportunity_changes_conformed (
    source_system text, vendor_id text, changed_at timestamp, sequence_number bigint, field text,
    value text
);
create table intermediate.int_salesforce__opportunity_changes_conformed as
from intermediate.int_hubspot__opportunity_changes_conformed;
create table intermediate.int_pipedrive__opportunity_changes_conformed as
from intermediate.int_hubspot__opportunity_changes_conformed;
create table intermediate.int_crm__opportunity_ids (
    source_system text, vendor_id text, record_key text, is_leading boolean
);
create table intermediate.int_crm__opportunities (
    opportunity_key text, currency_code text, counted_until timestamp
);
create table core.fct_opportunities (opportunity_key text, currency_code text);
create table core.dim_currency_rate (
    currency_code text, rate_on date, rate_to_base decimal(18, 8)
);
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    return compiled(
        [*MADE, ANY_DAYS],
        tmp_path_factory.mktemp("compiled"),
        variables={
            "business_timezone": "America/Sao_Paulo",
            "waterfall_first_day": FIRST,
            "waterfall_last_day": LAST,
        },
    )


def _plain(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=None)


def _put(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        places = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        values = [value for row in rows for value in row]
        connection.execute(f"insert into {table} values {places}", values)


def _fill(connection: duckdb.DuckDBPyConnection, told: list[History], as_of: datetime) -> None:
    records, changes, ids, deals = [], [], [], []
    for one in told:
        last = {change.field: change.value for change in one.changes}
        records.append(
            (
                *("hubspot", one.key, "p", last["stage"], last["amount"], None, last["owner"]),
                *(None, _plain(one.created_at), _plain(one.changes[-1].at)),
                last["stage"] not in OPEN,
            )
        )
        changes += [
            ("hubspot", one.key, _plain(change.at), number, change.field, change.value)
            for number, change in enumerate(one.changes)
        ]
        gone = one.deleted_at if one.deleted_at and one.deleted_at <= as_of else None
        ids.append(("hubspot", one.key, one.key, True))
        deals.append((one.key, one.currency, _plain(gone)))
    _put(connection, "intermediate.int_hubspot__opportunities_conformed", records)
    _put(connection, "intermediate.int_hubspot__opportunity_changes_conformed", changes)
    _put(connection, "intermediate.int_crm__opportunity_ids", ids)
    _put(connection, "intermediate.int_crm__opportunities", deals)
    _put(connection, "core.fct_opportunities", [deal[:2] for deal in deals if deal[2] is None])


@dataclass(frozen=True)
class Seen:
    """What the models made of the histories, and what they should have."""

    connection: duckdb.DuckDBPyConnection
    company: Company
    last_day: date


def _see(
    models: dict[str, Model],
    told: list[History],
    prices: dict[tuple[str, date], Decimal],
    as_of: datetime,
) -> Seen:
    company = Company(told, prices, as_of)
    connection = place()
    connection.execute(
        TABLES.format(
            first=f"date '{FIRST_DAY}'",
            last=f"date '{LAST_DAY}'",
            today=f"date '{business_day(as_of)}'",
        )
    )
    _fill(connection, company.histories, as_of)
    _put(connection, "core.dim_currency_rate", [(*key, price) for key, price in prices.items()])
    for name in MADE:
        models[name].make(connection, as_of=as_of)
    return Seen(connection, company, business_day(as_of - timedelta(milliseconds=1)))


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[dict[str, object]]:
    answer = connection.execute(query)
    names = [column[0] for column in answer.description or []]
    for row in answer.fetchall():
        yield dict(zip(names, row, strict=True))


def _expected(company: Company, first: date, last: date, team: str | None) -> dict[str, object]:
    """One row of the waterfall; `last` is its last day."""
    flow = company.flows(first, last + DAY, team)
    start_count, start_amount = company.standing(first - DAY, team)
    end_count, end_amount = company.standing(last, team)
    gone_count, gone_amount = company.standing(last, team, only_gone=True)
    return {
        "start_count": start_count,
        "start_amount": start_amount,
        "end_count": end_count,
        "end_amount": end_amount,
        "since_deleted_count": gone_count,
        "since_deleted_amount": gone_amount,
        **{f"{name}_count": flow.counts.get(name, 0) for name in COUNTED},
        **{f"{name}_amount": flow.amounts.get(name, Decimal(0)) for name in VALUED},
    }


_STORY = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
_TEAMS = ("t1", "t2", "unknown")


@_STORY
@given(told=histories(), prices=rates(), as_of=instants)
def test_start_and_flows_make_the_end_for_every_period_and_team(
    models: dict[str, Model],
    told: list[History],
    prices: dict[tuple[str, date], Decimal],
    as_of: datetime,
) -> None:
    seen = _see(models, told, prices, as_of)
    found = {
        (row["period_grain"], row["period_start"], row["dimension_key"]): row
        for row in _rows(seen.connection, "select * from funnel.fct_pipeline_waterfall")
    }
    periods = list(_rows(seen.connection, "select * from core.dim_period"))
    assert periods
    for period in periods:
        first, end = period["period_start"], period["period_end"]
        assert isinstance(first, date)
        assert isinstance(end, date)
        last = min(end - DAY, seen.last_day)
        for team in (None, *_TEAMS):
            expected = _expected(seen.company, first, last, team)
            row = found.get((period["period_grain"], first, team or "total"))
            if row is None:
                assert team is not None, "every period has its total"
                assert set(expected.values()) == {0}
            else:
                assert {name: row[name] for name in expected} == expected
                assert _ends(row) == row["end_amount"]


def _ends(row: dict[str, object]) -> Decimal:
    into = ("start", "fx", "new", "reopened", "moved_in", "increased")
    out = ("decreased", "moved_out", "won", "lost", "deleted")
    values = {name: row[f"{name}_amount"] for name in (*into, *out)}
    numbers = {name: value for name, value in values.items() if isinstance(value, Decimal)}
    assert numbers.keys() == values.keys()
    return sum((numbers[name] for name in into), Decimal(0)) - sum(numbers[name] for name in out)


@_STORY
@given(told=histories(), prices=rates(), as_of=instants)
def test_every_day_shows_the_deals_as_they_were(
    models: dict[str, Model],
    told: list[History],
    prices: dict[tuple[str, date], Decimal],
    as_of: datetime,
) -> None:
    seen = _see(models, told, prices, as_of)
    found = {
        (
            *(row["date_day"], row["opportunity_key"], row["amount"], row["amount_base"]),
            *(row["team_key"] or "unknown", row["is_deleted_since"]),
        )
        for row in _rows(seen.connection, "select * from funnel.fct_pipeline_daily")
    }
    expected = set()
    for day in days(FIRST_DAY - DAY, seen.last_day):
        for one, state in seen.company.open_on(day):
            is_priced = state.amount is not None and (one.currency, day) in prices
            base = seen.company.base(one, state.amount, day) if is_priced else None
            gone = seen.company.is_gone(one)
            expected.add((day, one.key, state.amount, base, state.team, gone))
    assert found == expected


@_STORY
@given(told=histories(), prices=rates(), as_of=instants, cut=st.sampled_from([FIRST, LAST]))
def test_what_comes_after_the_instant_changes_nothing(
    models: dict[str, Model],
    told: list[History],
    prices: dict[tuple[str, date], Decimal],
    as_of: datetime,
    cut: str,
) -> None:
    """The later changes taken out of the raw rows, the models say the same: bytes included."""
    later = _see(models, told, prices, as_of)
    known = [
        History(
            one.key,
            one.currency,
            tuple(change for change in one.changes if change.at <= as_of),
            one.deleted_at if one.deleted_at and one.deleted_at <= as_of else None,
        )
        for one in told
        if one.created_at <= as_of
    ]
    then = _see(models, known, prices, as_of)
    for table in ("fct_pipeline_intervals", "fct_pipeline_flows", "fct_pipeline_waterfall"):
        query = f"select * from funnel.{table} where date '{cut}' is not null order by all"
        assert (
            later.connection.execute(query).fetchall() == then.connection.execute(query).fetchall()
        )


@_STORY
@given(told=histories(), prices=rates(), as_of=instants)
def test_any_span_of_days_adds_up(
    models: dict[str, Model],
    told: list[History],
    prices: dict[tuple[str, date], Decimal],
    as_of: datetime,
) -> None:
    seen = _see(models, told, prices, as_of)
    found = {
        row["dimension_key"]: row
        for row in _rows(seen.connection, models[ANY_DAYS].text(as_of=as_of))
    }
    first = date.fromisoformat(FIRST)
    last = min(date.fromisoformat(LAST), seen.last_day)
    for team in (None, *_TEAMS):
        if first > seen.last_day:
            continue
        expected = _expected(seen.company, first, last, team)
        row = found.get(team or "total")
        if row is None:
            assert set(expected.values()) == {0}
        else:
            names = [name for name in expected if name in row]
            assert len(names) == 14
            assert {name: row[name] for name in names} == {name: expected[name] for name in names}


def test_the_query_of_one_day_does_not_unfold_the_others(models: dict[str, Model]) -> None:
    """1,000 deals open on 4,000 days: what goes through the joins is the day's deals."""
    connection = place()
    connection.execute("set threads = 1")
    connection.execute(
        """
        create table core.dim_date as
        select cast(day as date) as date_day
        from generate_series(date '2016-01-01', date '2026-12-31', interval 1 day) as t(day);
        create table core.dim_stage as select 's' as stage_key, 0.5 as probability;
        create table core.dim_currency_rate as
        select 'USD' as currency_code, date_day as rate_on, 1 as rate_to_base from core.dim_date;
        create table funnel.fct_pipeline_intervals as
        select 'd' || deal as opportunity_key, 'p' as pipeline_key, 's' as stage_key,
            date '2016-01-01' + cast(500 * part as integer) as valid_from_on,
            date '2016-01-01' + cast(500 * part + 499 as integer) as valid_to_on,
            false as is_closed, 10.00 as amount, 'USD' as currency_code,
            date '2026-01-01' as close_on, 'o' as owner_key, 't' as team_key,
            'commit' as forecast_category, false as is_deleted_since
        from range(1000) as deals(deal), range(8) as parts(part);
        """
    )
    models["fct_pipeline_daily"].make(connection, as_of=datetime(2026, 12, 31, tzinfo=UTC))
    plan = connection.execute(
        "explain (analyze, format json)"
        " select * from funnel.fct_pipeline_daily where date_day = '2020-05-05'"
    ).fetchall()[0][1]
    assert _largest_join(plan) == 1000
    whole = connection.execute("select count(*) from funnel.fct_pipeline_daily").fetchone()
    assert whole == (4_000_000,)


def _largest_join(plan: str) -> int:
    def walk(node: dict[str, object]) -> Iterator[int]:
        name = str(node.get("operator_type") or node.get("operator_name") or node.get("name"))
        if "JOIN" in name:
            yield int(str(node["operator_cardinality"]))
        children = node.get("children")
        assert isinstance(children, list)
        for child in children:
            yield from walk(child)

    return max(walk(json.loads(plan)))
