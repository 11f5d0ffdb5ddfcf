"""Rounding, percentiles and sums of the oracle, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import quantiles

from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.tally import TOTAL, Durations, Motion, Sheet, percentile, ratio, rounded
from tests.oracle.tiny import Rows, calendar


def test_halves_are_rounded_away_from_zero() -> None:
    assert rounded(Fraction(5, 1000), 2) == Decimal("0.01")
    assert rounded(Fraction(-5, 1000), 2) == Decimal("-0.01")
    assert rounded(Fraction(1, 3)) == Decimal("0.3333333333")
    assert rounded(None) is None


def test_every_kind_of_number_is_rounded_the_same_way() -> None:
    for text in ("0.00000000005", "-0.00000000005", "12.3", "-7"):
        assert rounded(Decimal(text)) == rounded(Fraction(text)), text
    assert rounded(-7) == rounded(Fraction(-7)) == -7


def test_a_cohort_is_mature_when_nine_of_ten_had_made_it_by_its_age() -> None:
    motion = Motion(date(2025, 3, 14))
    (january,) = calendar().of(date(2025, 1, 31), ("month",))
    assert not motion.of_all(january, TOTAL)  # nobody ever made it
    for days, is_mature in (((41, 42), True), ((42, 42), False)):
        motion = Motion(date(2025, 3, 14))  # 42 days after the last of January
        for each in days:
            motion.add(each)
        assert motion.of_all(january, ("owner", "Ana")) is is_mature


def test_nothing_divided_by_nothing_is_nothing() -> None:
    assert ratio(0, 0) is None
    assert ratio(Decimal(1), None) is None
    assert ratio(1, 3) == Fraction(1, 3)


def test_percentiles_lie_between_the_two_nearest_values() -> None:
    assert percentile([], Fraction(1, 2)) is None
    assert percentile([7], Fraction(9, 10)) == 7
    assert percentile([1, 2, 3, 10], Fraction(1, 2)) == Fraction(5, 2)
    assert percentile([1, 2, 3, 10], Fraction(3, 4)) == Fraction(19, 4)


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=40))
def test_quartiles_are_those_of_the_standard_library(values: list[int]) -> None:
    ordered = sorted(values)
    found = [float(percentile(ordered, Fraction(n, 4)) or 0) for n in (1, 2, 3)]
    assert found == [float(each) for each in quantiles(ordered, n=4, method="inclusive")]


def test_a_sheet_has_a_total_in_every_period_and_parts_where_something_happened() -> None:
    sheet = Sheet(calendar(), "a", "ratio", ("month",))
    sheet.add(date(2025, 2, 3), [TOTAL, ("owner", "Ana")], 1, 2)
    sheet.add(date(2025, 2, 28), [TOTAL, ("owner", "Ana")], 0, 1)
    rows = Rows(sheet.rows())
    assert rows["a", "month", "2025-01-01"] == (0, 0, None)
    assert rows["a", "month", "2025-02-01"] == (1, 3, Decimal("0.3333333333"))
    assert rows.n("a", "month", "2025-02-01", "owner", "Ana") == 2
    assert not rows.has("a", "month", "2025-01-01", "owner", "Ana")


def test_durations_have_a_mean_and_its_percentiles() -> None:
    sheet = Durations(calendar(), "days", ("month",))
    for days in (1, 2, 3, 10):
        sheet.add(date(2025, 2, 3), [TOTAL], days)
    rows = Rows(sheet.rows())
    assert rows["days", "month", "2025-02-01"] == (16, 4, 4)
    assert rows["days_median", "month", "2025-02-01"] == (None, None, Decimal("2.5"))
    assert rows["days_p90", "month", "2025-02-01"][2] == Decimal("7.9")
    assert rows["days_p75", "month", "2025-03-01"] == (None, None, None)
