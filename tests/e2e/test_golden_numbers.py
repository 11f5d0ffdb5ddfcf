"""The published KPIs equal those that the company computed from its own objects."""

from __future__ import annotations

import pytest

from orchestration.golden import differences
from sandbox.company import truth
from tests.e2e.playground import Playground

pytestmark = pytest.mark.xdist_group("finished")


def test_every_golden_number_is_published_exactly(finished: Playground) -> None:
    rows = list(truth(finished.store))
    compared, found = differences(finished.published, rows)
    assert compared > 1500
    assert found == []


def test_the_golden_numbers_speak_of_every_kpi_of_the_first_delivery(finished: Playground) -> None:
    kpis = {row.kpi_id for row in truth(finished.store) if row.numerator}
    assert kpis >= {
        *("deals_won", "sales_amount", "win_rate", "average_deal_size", "sales_cycle_days"),
        *("leads_created", "lead_conversion_rate_cohort", "qualified_lead_rate"),
        *("stage_conversion_cohort", "open_pipeline", "open_pipeline_count"),
        *("activities_completed", "attainment", "retention_rate", "churn_rate"),
        *("repeat_customer_rate", "csat"),
    }


def test_a_wrong_number_would_be_seen(finished: Playground) -> None:
    import dataclasses

    rows = list(truth(finished.store))
    index = next(i for i, row in enumerate(rows) if row.kpi_id == "sales_amount" and row.value)
    changed = dataclasses.replace(rows[index], value=rows[index].value + 1)
    _, found = differences(finished.published, [*rows[:index], changed, *rows[index + 1 :]])
    assert [one.key[0] for one in found] == ["sales_amount"]
