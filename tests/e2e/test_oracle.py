"""Every published KPI equals the one that was counted without the warehouse."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.e2e.playground import Playground
from tests.oracle.compare import Result, compare
from tests.oracle.families import all_rows
from tests.oracle.world import read

pytestmark = pytest.mark.xdist_group("finished")


@pytest.fixture(scope="module")
def results(finished: Playground) -> Mapping[str, Result]:
    world, calendar = read(finished.store)
    return {each.kpi_id: each for each in compare(finished.published, all_rows(world, calendar))}


def test_every_kpi_of_the_families_is_published(results: Mapping[str, Result]) -> None:
    assert [result.kpi_id for result in results.values() if result.is_absent] == []


def test_every_row_equals_the_one_that_the_oracle_counted(results: Mapping[str, Result]) -> None:
    assert sum(result.compared for result in results.values()) > 300_000
    differing = {
        result.kpi_id: (len(result.differences), result.differences[:3])
        for result in results.values()
        if result.differences
    }
    assert differing == {}
