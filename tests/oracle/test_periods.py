"""The oracle's calendar, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.periods import GRAINS, period_end, period_start
from tests.oracle.tiny import at, calendar

DAYS = st.dates(date(2019, 1, 1), date(2032, 12, 31))


@given(DAYS, st.sampled_from(GRAINS), st.integers(1, 12))
def test_a_day_lies_in_its_period_and_periods_leave_no_gap(
    day: date, grain: str, fiscal_start: int
) -> None:
    start = period_start(grain, day, fiscal_start)
    end = period_end(grain, start)
    assert start <= day < end
    assert period_start(grain, end, fiscal_start) == end
    assert period_start(grain, end - timedelta(days=1), fiscal_start) == start


@pytest.mark.parametrize(
    ("grain", "fiscal_start", "start", "end"),
    [
        ("week", 1, date(2025, 3, 10), date(2025, 3, 17)),
        ("month", 1, date(2025, 3, 1), date(2025, 4, 1)),
        ("quarter", 1, date(2025, 1, 1), date(2025, 4, 1)),
        ("quarter", 2, date(2025, 2, 1), date(2025, 5, 1)),
        ("year", 1, date(2025, 1, 1), date(2026, 1, 1)),
        ("year", 4, date(2024, 4, 1), date(2025, 4, 1)),
    ],
)
def test_the_periods_of_a_friday_in_march(
    grain: str, fiscal_start: int, start: date, end: date
) -> None:
    found = period_start(grain, date(2025, 3, 14), fiscal_start)
    assert (found, period_end(grain, found)) == (start, end)


def test_a_period_that_goes_on_is_measured_at_the_clock() -> None:
    known = calendar()
    (march,) = known.of(date(2025, 3, 1), ("month",))
    (february,) = known.of(date(2025, 2, 28), ("month",))
    assert (march.measured_at, march.measured_on) == (known.clock, date(2025, 3, 14))
    assert not march.is_complete
    assert february.measured_at == at("2025-03-01")
    assert february.measured_on == date(2025, 2, 28)
    assert february.is_complete


def test_at_midnight_the_day_that_ended_is_the_one_that_is_measured() -> None:
    known = calendar(at("2025-03-01"))
    (february,) = known.of(date(2025, 2, 1), ("month",))
    (march,) = known.of(date(2025, 3, 1), ("month",))
    assert february.is_complete
    assert (march.measured_at, march.measured_on) == (at("2025-03-01"), date(2025, 2, 28))


def test_the_spine_begins_with_the_month_of_the_first_fact_and_whole_weeks() -> None:
    known = calendar(first=date(2025, 1, 20))
    assert known.periods("day")[0].start == date(2025, 1, 1)
    assert known.periods("week")[0].start == date(2024, 12, 30)
    assert known.periods("year")[0].start == date(2025, 1, 1)
    assert known.periods("day")[-1].start == date(2025, 3, 14)
    assert known.of(date(2025, 3, 20), ("day",)) == []
