"""Movement, cycle and funnel in worlds of a few deals, counted by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.oracle import cycle, funnel, movement
from tests.oracle.tiny import (
    LOST,
    NEW,
    OFFER,
    RETIRED,
    TALKS,
    WON,
    Rows,
    activity,
    calendar,
    deal,
    lost,
    person,
    version,
    won,
    world,
)

JAN, FEB, MAR = "2025-01-01", "2025-02-01", "2025-03-01"


def test_a_push_is_a_later_month_of_an_open_deal() -> None:
    pushed = deal(
        1,
        version("2025-01-05", NEW, close_on=None),
        version("2025-01-06", NEW, close_on="2025-02-10"),  # the first setting
        version("2025-01-07", NEW, close_on="2025-02-27"),  # the same month
        version("2025-02-05", NEW, close_on="2025-03-01"),  # a push
        version("2025-02-06", NEW, close_on="2025-02-20"),  # earlier
        version("2025-02-07", LOST, close_on="2025-03-07"),  # at the closing
        version("2025-02-08", NEW, close_on="2025-05-01"),  # re-opened
    )
    calm = deal(2, version("2025-01-20", NEW, close_on="2025-02-01"))
    ended = lost(3, "2025-01-20", "2025-02-01")  # closed as February begins
    rows = Rows(movement.rows(world([pushed, calm, ended]), calendar()))
    assert rows["push_rate", "month", JAN] == (0, 3, 0)
    assert rows["push_rate", "month", FEB] == (1, 2, Decimal("0.5"))
    assert rows["push_rate", "day", "2025-02-05"] == (1, 2, Decimal("0.5"))
    assert rows["push_rate", "month", MAR] == (0, 2, 0)
    assert rows["push_rate", "day", "2025-01-04"] == (0, 0, None)


def test_slippage_is_of_what_was_expected_when_the_month_began() -> None:
    slipped = deal(
        1,
        version("2025-01-05", NEW, "100", close_on="2025-02-10"),
        version("2025-02-09", NEW, "900", close_on="2025-03-10"),
    )
    kept = deal(
        2,
        version("2025-01-05", NEW, "300", close_on="2025-02-28"),
        version("2025-02-20", WON, "300"),
    )
    late = deal(3, version("2025-01-05", NEW, "50", close_on="2025-02-01"))  # open, same date
    new = deal(4, version("2025-02-01", NEW, "70", close_on="2025-02-10"))  # not open before
    free = deal(5, version("2025-01-05", NEW, "0", close_on="2025-02-10"))
    rows = Rows(movement.rows(world([slipped, kept, late, new, free]), calendar()))
    assert rows["slippage_rate", "month", FEB] == (100, 450, Decimal("0.2222222222"))
    assert rows.n("slippage_rate", "month", FEB) == 3
    assert rows["slippage_rate", "month", MAR] == (0, 900, 0)


def test_stalled_is_longer_than_three_of_four_stays_or_past_its_date() -> None:
    # Four stays in New: 1, 2, 3 and 10 days; three of four take up to 4.75 days.
    ended = [
        lost(n, f"2025-01-{day:02}", f"2025-01-{day + length:02}", "1")
        for n, (day, length) in enumerate([(1, 1), (1, 2), (1, 3), (1, 10)])
    ]
    assert movement.patience(world(ended)).by_stage[NEW] == Decimal("4.75") * 86_400
    quiet = deal(11, version("2025-03-01", NEW, "100"))
    fresh = deal(12, version("2025-03-10", NEW, "100"))
    touched = deal(13, version("2025-03-01", NEW, "100"))
    late = deal(14, version("2025-03-10", NEW, "100", close_on="2025-03-13"))
    today = deal(15, version("2025-03-10", NEW, "100", close_on="2025-03-14"))
    known = world(
        [*ended, quiet, fresh, touched, late, today],
        activities=[activity(1, "2025-03-12", "note", deal=13)],
    )
    rows = Rows(movement.rows(known, calendar()))
    assert rows["stalled_pipeline_share", "month", MAR] == (200, 500, Decimal("0.4"))


def test_cycles_leave_out_what_ended_before_it_began() -> None:
    odd = deal(4, version("2025-02-05", NEW), version("2025-02-06", WON, close_on="2025-02-01"))
    deals = [
        won(1, "2025-01-31", "2025-02-10"),
        won(2, "2025-02-10", "2025-02-10 18:00"),
        lost(3, "2025-02-01", "2025-02-08"),
        odd,
    ]
    rows = Rows(cycle.rows(world(deals), calendar()))
    assert rows["sales_cycle_days", "month", FEB] == (10, 2, 5)
    assert rows["sales_cycle_days_p90", "month", FEB] == (None, None, 9)
    assert rows["loss_cycle_days", "month", FEB] == (7, 1, 7)


def test_the_journey_begins_with_the_first_contact_of_any_kind() -> None:
    deals = [
        won(1, "2025-01-20", "2025-02-10"),
        won(2, "2025-01-20", "2025-02-20"),
        won(3, "2025-02-03", "2025-02-13", account=2),
    ]
    known = world(
        deals,
        people=[person(7, "2025-01-15")],
        activities=[
            activity(1, "2025-01-11", "incoming_email", account=1),
            activity(2, None, account=1),
            activity(3, "2025-02-11", account=2),
        ],
    )
    rows = Rows(cycle.rows(known, calendar()))
    assert rows["customer_journey_days", "month", FEB] == (40, 2, 20)  # 30 and 10
    assert rows["customer_journey_days", "month", FEB, "country", "BR"] == (30, 1, 30)


def test_velocity_is_of_the_trailing_ninety_days() -> None:
    deals = [
        won(1, "2025-01-01", "2025-01-11", "100"),
        won(2, "2025-01-01", "2025-01-21", "300"),
        lost(3, "2025-01-01", "2025-01-05"),
        lost(4, "2025-01-01", "2025-01-06"),
        deal(5, version("2025-02-01", NEW)),
        deal(6, version("2025-02-01", NEW, owner="Bea")),
    ]
    rows = Rows(cycle.rows(world(deals), calendar()))
    # 2 open x 200 x 1/2 over 15 days
    assert rows["sales_velocity", "month", FEB] == (200, 15, Decimal("13.3333333333"))
    assert rows.value("sales_velocity", "month", FEB, "owner", "Ana") == Decimal("6.6666666667")
    assert rows.value("sales_velocity", "day", "2025-01-05") is None


def test_a_stage_that_was_jumped_over_counts_as_passed() -> None:
    jumped = deal(1, version("2025-01-05", NEW), version("2025-02-05", TALKS))
    failed = deal(2, version("2025-01-06", NEW), version("2025-02-06", LOST))
    back = deal(
        3, version("2025-01-07", OFFER), version("2025-01-08", NEW), version("2025-01-09", WON)
    )
    rows = Rows(funnel.rows(world([jumped, failed, back]), calendar()))
    assert rows["stage_conversion_cohort", "month", JAN, "stage", "Pipe: New"] == (
        2,
        3,
        Decimal("0.6666666667"),
    )
    assert rows["stage_conversion_cohort", "month", JAN, "stage", "Pipe: Offer"] == (1, 1, 1)
    assert rows["stage_conversion_cohort", "month", FEB, "stage", "Pipe: Offer"] == (1, 1, 1)
    assert rows["stage_conversion_cohort", "month", FEB, "stage", "Pipe: Talks"] == (0, 1, 0)
    # From New straight to Won: Talks is passed on the way.
    assert rows["stage_conversion_cohort", "month", JAN, "stage", "Pipe: Talks"] == (1, 1, 1)


def test_any_stage_but_lost_is_further_than_one_that_lost_its_place() -> None:
    assert funnel.is_further(RETIRED, NEW)
    assert funnel.is_further(RETIRED, WON)
    assert not funnel.is_further(RETIRED, RETIRED)
    assert not funnel.is_further(RETIRED, LOST)
    assert not funnel.is_further(OFFER, NEW)


def test_stays_end_or_go_on() -> None:
    steps = (
        version("2025-01-05", NEW),
        version("2025-01-06", NEW, "200"),  # another amount, the same stay
        version("2025-01-08 12:00", OFFER),
        version("2025-02-01", WON),
    )
    rows = Rows(funnel.rows(world([deal(1, *steps)]), calendar()))
    assert rows["days_in_stage", "month", JAN] == (Decimal("3.5"), 1, Decimal("3.5"))
    assert rows.value("days_in_stage", "month", FEB, "stage", "Pipe: Offer") == Decimal("23.5")
    # It was in Offer until the end of January, that end included.
    assert rows.value("open_stage_visits", "month", JAN, "stage", "Pipe: Offer") == 1
    assert rows.value("open_stage_visits", "month", FEB) == 0
    assert rows.value("open_stage_visits", "week", "2025-01-06", "pipeline", "Pipe") == 1
    (first, second, _) = deal(1, *steps).stays
    assert first.left_at == second.entered_at
    assert first.left_at is not None
    assert first.left_at - first.entered_at == timedelta(days=3.5)
