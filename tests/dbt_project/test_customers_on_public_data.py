"""Repurchase, retention and segments of 2,357 real customers, and from a number back to its rows.

The purchases are the public CDNOW sample: 18 months of one shop, no contracts. They enter as won
deals where the unified model begins, and run through the marts as they are. The numbers that they
are compared with were computed from the file in plain Python, not with these models.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.run import SOURCES, Home, prepare
from orchestration.behind import WORDS, question

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
PROJECT = Path(__file__).parents[2] / "dbt_project"
VARIABLES = {"as_of": "1998-07-01T00:00:00Z", "business_timezone": "UTC"}

pytestmark = [
    pytest.mark.xdist_group("dbt_public_data"),
    pytest.mark.skipif(not SAMPLE.exists(), reason="the public sample is not here"),
]

# The shop knows no opinions and no tickets: a few invented ones beside its purchases.
INVENTED = """
insert into intermediate.int_crm__surveys by name
select * from (values
    ('s1', '1', 'CSAT', 5, 'p1', '0001', timestamp '1998-01-10 10:00:00', null),
    ('s2', '1', 'CSAT', 2, 'p1', '0001', timestamp '1998-02-10 10:00:00', null),
    ('s3', '1', 'CSAT', 4, 'p2', '0002', timestamp '1998-02-10 10:00:00', null),
    ('s4', '1', 'CSAT', null, 'p3', '0003', timestamp '1998-02-10 10:00:00', null),
    ('s5', '1', 'CSAT', 5, 'p4', '0004', timestamp '1998-02-10 10:00:00', 'test'),
    ('s6', '1', 'CSAT', 5, 'p5', '0005', timestamp '1997-12-31 23:59:59', null)
) as answers (
    survey_key, survey_id, survey_type, score, person_key, account_key, answered_at,
    exclusion_reason
);
insert into intermediate.int_crm__tickets by name
select * from (values
    ('t1', timestamp '1998-01-10 10:00:00', timestamp '1998-01-10 11:00:00', null),
    ('t2', timestamp '1998-01-11 10:00:00', timestamp '1998-01-11 12:30:00', null),
    ('t3', timestamp '1998-01-12 10:00:00', timestamp '1998-01-11 12:30:00', null),
    ('t4', timestamp '1998-01-13 10:00:00', null, null),
    ('t5', timestamp '1998-01-13 10:00:00', timestamp '1998-01-14 10:00:00', 'deleted')
) as tickets (ticket_key, opened_at, first_reply_at, exclusion_reason);
"""


def _dbt(folder: Path, *arguments: str) -> None:
    command = [str(Path(sys.executable).with_name("dbt")), *arguments]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    command += ["--vars", json.dumps(VARIABLES)]
    done = subprocess.run(
        command,
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(Home(folder).warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


def _purchases() -> list[tuple[str, str, str, str]]:
    rows = []
    for number, line in enumerate(SAMPLE.read_text().splitlines()):
        _, customer, day, _, amount = line.split()
        rows.append((f"d{number}", customer, f"{day[:4]}-{day[4:6]}-{day[6:]}", amount))
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The marts of a company whose unified model holds the sample's purchases and nothing else."""
    folder = tmp_path_factory.mktemp("public")
    for source in SOURCES:
        prepare(source, home=Home(folder))
    inputs = ("resource_type:seed", "staging", "intermediate")
    _dbt(folder, "build", "--exclude-resource-type", "test", "unit_test", "--select", *inputs)
    with duckdb.connect(str(Home(folder).warehouse)) as connection:
        connection.execute(
            "create temp table purchases (id text, account text, day date, amount text)"
        )
        connection.executemany("insert into purchases values (?, ?, ?, ?)", _purchases())
        connection.execute(
            "insert into intermediate.int_crm__accounts by name "
            "select distinct account as account_key, 'US' as country_code from purchases"
        )
        connection.execute(
            "insert into intermediate.int_crm__opportunities by name "
            "select id as opportunity_key, account as account_key, day as closed_on, "
            "day as created_on, cast(day as timestamp) as created_at, "
            "cast(day as timestamp) as closed_at, true as is_closed, true as is_won, "
            "false as is_lost, cast(amount as decimal(18, 2)) as amount, "
            "'USD' as currency_code from purchases"
        )
        connection.execute(INVENTED)
    _dbt(folder, "run", "--select", "marts")
    return folder


@pytest.fixture(scope="module")
def ask(folder: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """Opened for each question: dbt waits for whoever holds the file."""

    def answer(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(Home(folder).warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    return answer


def _total(
    ask: Callable[[str], list[tuple[Any, ...]]], kpi_id: str, grain: str, start: str
) -> tuple[Any, ...]:
    [row] = ask(
        "select numerator, denominator, n from kpi.fct_kpi_values where dimension = 'total' "
        f"and kpi_id = '{kpi_id}' and period_grain = '{grain}' and period_start = '{start}'"
    )
    return row


@pytest.mark.parametrize(
    ("kpi_id", "grain", "start", "numerator", "denominator", "n"),
    [
        ("repeat_customer_rate_lifetime", "year", "1998-01-01", "1152", "2357", 2357),
        ("repeat_customer_rate", "year", "1997-01-01", "0", "2357", 2357),
        ("repeat_customer_rate", "year", "1998-01-01", "515", "515", 515),
        ("repeat_customer_rate", "quarter", "1998-04-01", "300", "300", 300),
        ("days_between_purchases", "year", "1998-01-01", "129375", "1191", 1191),
        ("active_customers", "month", "1998-06-01", "812", None, 812),
        ("retention_rate", "quarter", "1998-04-01", "770", "934", 934),
        ("retention_rate_purchase", "year", "1998-01-01", "812", "2357", 2357),
        ("retention_rate_contract", "year", "1998-01-01", "0", "0", 0),
        ("churn_rate", "year", "1998-01-01", "1545", "2357", 2357),
        ("net_revenue_retention", "month", "1998-06-01", "97963.70", "146128.24", 2357),
    ],
)
def test_the_numbers_are_those_of_the_file(
    ask: Callable[[str], list[tuple[Any, ...]]],
    kpi_id: str,
    grain: str,
    start: str,
    numerator: str,
    denominator: str | None,
    n: int,
) -> None:
    expected = (Decimal(numerator), None if denominator is None else Decimal(denominator), n)
    assert _total(ask, kpi_id, grain, start) == expected


def test_the_median_gap_and_the_value_of_a_customer_are_those_of_the_file(
    ask: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    found = dict(
        ask(
            "select kpi_id, value from kpi.fct_kpi_values where dimension = 'total' and "
            "(kpi_id, period_grain) in (('days_between_purchases_median', 'year'), "
            "('customer_lifetime_value', 'month')) and period_start in ('1998-01-01', '1998-06-01')"
            " and (period_grain = 'year' or period_start = '1998-06-01')"
        )
    )
    # 2,715 purchases for 97,963.70 of 812 customers; 1,545 of 2,357 lost in a year.
    value = (97963.70 / 2715) * (2715 / 812) / (1545 / 2357)
    assert found["days_between_purchases_median"] == 52
    assert float(found["customer_lifetime_value"]) == pytest.approx(value, rel=1e-9)


def test_the_segments_are_those_of_the_file(
    ask: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    found = ask(
        "select segment, cast(sum(account_count) as bigint) from reports.fct_customer_segments "
        "where month_start = '1998-06-01' group by segment"
    )
    assert dict(found) == {
        "champions": 624,
        "loyal": 435,
        "needs_attention": 345,
        "at_risk": 78,
        "cannot_lose": 15,
        "hibernating": 403,
        "lost": 457,
    }


def test_the_scores_are_fifths_but_for_ties(
    ask: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    scores = "select {0}, count(*) from reports.fct_customer_rfm where is_latest group by 1"
    assert dict(ask(scores.format("recency_score"))) == {1: 482, 2: 471, 3: 463, 4: 470, 5: 471}
    # More than half bought once in the two years.
    assert dict(ask(scores.format("frequency_score"))) == {1: 1205, 3: 406, 4: 358, 5: 388}
    assert dict(ask(scores.format("monetary_score"))) == {1: 481, 2: 462, 3: 472, 4: 471, 5: 471}


def test_the_identities_hold_on_it(folder: Path) -> None:
    _dbt(
        folder,
        *("test", "--select", "customers_kept_and_lost_are_those_of_the_start"),
        *("segments_hold_every_buying_account", "customers_are_one_number"),
    )


@pytest.fixture(scope="module")
def behind(
    folder: Path, ask: Callable[[str], list[tuple[Any, ...]]]
) -> Callable[..., list[tuple[Any, ...]]]:
    """What the rows of a number add up to, and how many there are."""
    _dbt(folder, "compile", "--select", "path:analyses")
    compiled = folder / "target" / "compiled" / "sales_heartbeat" / "analyses"

    def added(family: str, *number: str) -> list[tuple[Any, ...]]:
        asked = dict(zip(WORDS, (*number, "total", "total"), strict=True))
        return ask(
            "select sum(numerator), sum(denominator), count(*) "
            f"from ({question(compiled, family, asked)}) as behind"
        )

    return added


def test_the_rows_behind_churn_add_up_to_it(
    ask: Callable[[str], list[tuple[Any, ...]]], behind: Callable[..., list[tuple[Any, ...]]]
) -> None:
    [(numerator, denominator, _)] = behind("customers", "churn_rate", "month", "1998-06-01")
    lost, started, _ = _total(ask, "churn_rate", "month", "1998-06-01")
    assert (numerator, denominator) == (lost, started)
    assert lost > 0


def test_the_rows_behind_satisfaction_add_up_to_it(
    ask: Callable[[str], list[tuple[Any, ...]]], behind: Callable[..., list[tuple[Any, ...]]]
) -> None:
    found = behind("satisfaction", "csat", "year", "1998-01-01")
    satisfied, answers, _ = _total(ask, "csat", "year", "1998-01-01")
    # One came again with another opinion, one said nothing, one is a test.
    assert found == [(satisfied, answers, 5)] == [(1, 2, 5)]


def test_the_rows_behind_the_first_response_add_up_to_it(
    ask: Callable[[str], list[tuple[Any, ...]]], behind: Callable[..., list[tuple[Any, ...]]]
) -> None:
    found = behind("service", "first_response_hours", "year", "1998-01-01")
    hours, answered, _ = _total(ask, "first_response_hours", "year", "1998-01-01")
    # One was answered before it was opened, one never, one is deleted.
    assert found == [(hours, answered, 5)] == [(3.5, 2, 5)]
