"""Goals that are changed in mid-period: raw knows the old amount, of HubSpot from its history, of
Salesforce from having read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import requests

from ingestion.run import Home, rebuild
from sandbox.company import advance
from tests.ingestion.conftest import Served, contents, pull

Serve = Callable[[Path], Served]
AMOUNTS = """
    select cast(v.QuotaAmount as double), v._valid_from, cast(q.QuotaAmount as double)
    from raw_salesforce.forecasting_quotas_versions as v
    join raw_salesforce.forecasting_quotas as q using (Id)
    join raw_salesforce.users as u on q.QuotaOwnerId = u.Id
    where u.Name = 'Mariana Tavares' and q.StartDate = date '2026-11-01' order by v._valid_from
"""


def _raw(home: Home, statement: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def test_a_quota_that_was_raised_is_known_as_it_was(store: Path, serve: Serve, home: Home) -> None:
    served, names = serve(store), ("users", "forecasting_quotas")
    pull(served, home, "salesforce", *names)
    number = "select count(*) from raw_salesforce.forecasting_quotas_versions"
    ((first,),) = _raw(home, number)
    ((old, _, now),) = _raw(home, AMOUNTS)
    assert old == now
    advance(store, days=7)
    pull(served, home, "salesforce", *names)
    before, raised = _raw(home, AMOUNTS)
    assert before[0] == old
    # Half past ten in São Paulo, as the vendor's stamp says, not when it was read.
    assert raised == (raised[2], datetime(2026, 11, 9, 13, 30), raised[0])
    assert raised[0] == pytest.approx(1.25 * float(str(old)))
    assert _raw(home, number) == [(int(str(first)) + 1,)]

    known = contents(home)
    pull(served, home, "salesforce", *names)
    assert contents(home) == known
    rebuild("salesforce", home=home)
    assert contents(home) == known


def test_a_quota_that_is_deleted_has_a_last_version(store: Path, serve: Serve, home: Home) -> None:
    served = serve(store)
    pull(served, home, "salesforce", "forecasting_quotas")
    ((gone,),) = _raw(home, "select min(Id) from raw_salesforce.forecasting_quotas")
    deed = {"source": "salesforce", "object": "ForecastingQuota", "id": gone}
    url = f"{served.url}/_control/records"
    requests.post(url, json=deed | {"deed": "hard_delete"}, timeout=10).raise_for_status()
    pull(served, home, "salesforce", "forecasting_quotas")
    found = _raw(
        home,
        "select v._is_deleted, v._valid_from = q._deleted_at "
        "from raw_salesforce.forecasting_quotas_versions as v "
        "join raw_salesforce.forecasting_quotas as q using (Id) where q._is_deleted "
        "order by v._valid_from",
    )
    assert found == [(False, False), (True, True)]


def test_a_goal_has_the_history_that_hubspot_tells(company: Path, serve: Serve, home: Home) -> None:
    pull(serve(company), home, "hubspot", "goal_targets")
    changed = _raw(
        home,
        "select cast(g.hs_start_datetime as date), list(cast(h.value as double) order by ordinal), "
        "any_value(cast(g.hs_target_amount as double)), max(h.timestamp) "
        "from raw_hubspot.goal_targets as g join raw_hubspot.property_history as h "
        "on h.object_type = 'goal_targets' and h.record_id = g.id "
        "and h.property = 'hs_target_amount' group by g.id, 1 having count(*) > 1",
    )
    assert changed == [
        (date(2025, 4, 1), [15500.0, 19375.0], 19375.0, datetime(2025, 4, 15, 13, 30))
    ]
    without = (
        "select count(*) from raw_hubspot.goal_targets where id not in "
        "(select record_id from raw_hubspot.property_history where object_type = 'goal_targets')"
    )
    assert _raw(home, without) == [(0,)]
