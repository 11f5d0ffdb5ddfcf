"""The business day of an instant, beside the engine's own slow way of reading it: clock, then zone."""

from __future__ import annotations

import duckdb
import jinja2
import pytest

from tests.dbt_project.compiled import PROJECT

# Days around which clocks change somewhere, years end and the count of seconds changes its sign.
DAYS = (
    *("1913-12-31", "1949-12-31", "1969-12-31", "1999-12-31", "2011-12-30", "2018-02-17"),
    *("2018-11-03", "2019-02-16", "2025-12-31", "2026-03-07", "2026-03-28", "2026-10-24"),
    "2026-10-31",
)
ZONES = (
    *("America/Sao_Paulo", "America/New_York", "Europe/Madrid", "UTC", "Asia/Kolkata"),
    *("Australia/Lord_Howe", "Pacific/Apia"),
)
# Every minute of three days, at its first and its last microsecond; every sixth hour of two centuries.
INSTANTS = """
create table instants as
select day + to_minutes(minute) + to_microseconds(microsecond) as instant
from (select cast(unnest(?) as timestamp) - interval 1 day as day) as days,
    range(3 * 24 * 60) as minutes(minute),
    (values (-1), (0)) as microseconds(microsecond)
union all
select timestamp '1900-01-01' + to_hours(hour) from range(0, 200 * 366 * 24, 6) as hours(hour)
"""


def _business_date(zone: str) -> str:
    """What the macro writes for the column `instant`."""
    text = (PROJECT / "macros" / "time.sql").read_text(encoding="utf-8")
    variables = {"business_timezone": zone}
    macros = jinja2.Environment(autoescape=False).from_string(text, {"var": variables.__getitem__})
    return str(macros.module.duckdb__to_business_date("instant"))  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    connection.execute(INSTANTS, [list(DAYS)])
    return connection


@pytest.mark.parametrize("zone", ZONES)
def test_every_instant_has_the_day_of_its_zone(
    connection: duckdb.DuckDBPyConnection, zone: str
) -> None:
    found = connection.execute(
        f"""
        select count(*), count_if({_business_date(zone)}
            is distinct from cast(instant at time zone 'UTC' at time zone '{zone}' as date))
        from instants
        """
    ).fetchone()
    assert found == (405_120, 0)


def test_no_instant_has_no_day(connection: duckdb.DuckDBPyConnection) -> None:
    query = f"select {_business_date('UTC')} from (select cast(null as timestamp) as instant)"
    assert connection.execute(query).fetchone() == (None,)
