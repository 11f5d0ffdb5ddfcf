"""Planted cases about deals: merged, deleted, re-opened, skipped, unpriced, late."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sandbox.company.casework import (
    BIG,
    BIG_LOST,
    BIG_WON,
    BOUGHT_IN,
    CONTRACT,
    DUE,
    LOST,
    REVIEW,
    SMB,
    TALKS,
    WON,
    account,
    day,
    sell,
    straight,
    told,
)
from sandbox.company.model import Timeline
from sandbox.company.story import Story


def merged_deal(story: Story) -> None:
    start = day("2025-03-04")
    company, person = account(story, start - timedelta(days=3))
    kept = sell(story, company, [person], straight(start, "default", WON, 33))
    double = sell(story, company, [person], told(start + timedelta(days=2), (0, SMB[0])))
    story.delete_deal(double, day("2025-03-20", 16), merged_into=kept)


def deleted_deal(story: Story) -> None:
    start = day("2025-05-06")
    company, person = account(story, start - timedelta(days=3), country="US")
    deal = sell(story, company, [person], straight(start, "default", WON, 20))
    story.delete_deal(deal, day("2025-08-12", 11))


def deleted_opportunity(story: Story) -> None:
    start = day("2025-02-11")
    company, person = account(story, start - timedelta(days=10), "salesforce", "US")
    deal = sell(
        story, company, [person], straight(start, "salesforce", BIG_WON, 70),
        pipeline="salesforce", where="salesforce",
    )  # fmt: skip
    story.delete_deal(deal, day("2026-10-21", 15))


def deleted_in_both(story: Story) -> None:
    start = day("2026-01-13")
    company, person = account(story, start - timedelta(days=10), "both", "US")
    deal = sell(
        story, company, [person], straight(start, "salesforce", BIG_LOST, 60),
        pipeline="salesforce", where="both",
    )  # fmt: skip
    story.delete_deal(deal, day("2026-02-10", 12))


def restored_deal(story: Story) -> None:
    start = day("2025-09-02")
    company, person = account(story, start - timedelta(days=3), country="MX")
    deal = sell(story, company, [person], straight(start, "default", WON, 60))
    deal.deleted_at = day("2025-09-08", 17)
    deal.restored_at = day("2025-09-09", 9)


def reopened_loss(story: Story) -> None:
    start = day("2025-01-14")
    company, person = account(story, start - timedelta(days=3))
    tale = ((0, SMB[0]), (5, SMB[1]), (12, SMB[2]), (20, CONTRACT), (31, LOST))
    again = ((112, CONTRACT), (133, WON))
    deal = sell(story, company, [person], told(start, *tale, *again))
    deal.loss_reason = "no_budget"


def reopened_win(story: Story) -> None:
    """Won in March, taken back in April, won again in June: one win, in June."""
    start = day("2026-01-08")
    company, person = account(story, start - timedelta(days=10), "salesforce", "BR")
    tale = [(n * 14, stage) for n, stage in enumerate([*BIG, REVIEW, BIG_WON])]
    again = ((95, REVIEW), (150, BIG_WON))
    sell(
        story, company, [person], told(start, *tale, *again),
        pipeline="salesforce", where="salesforce",
    )  # fmt: skip


def reopened_and_open(story: Story) -> None:
    start = day("2026-08-04")
    company, person = account(story, start - timedelta(days=3), country="US")
    tale = ((0, SMB[0]), (3, SMB[1]), (9, SMB[2]), (16, CONTRACT), (22, WON), (61, CONTRACT))
    sell(story, company, [person], told(start, *tale))


def skipped_stages(story: Story) -> None:
    start = day("2025-06-10")
    company, person = account(story, start - timedelta(days=3), country="MX")
    sell(story, company, [person], told(start, (0, SMB[0]), (8, CONTRACT), (15, WON)))


def repeated_stage(story: Story) -> None:
    start = day("2025-07-08")
    company, person = account(story, start - timedelta(days=3))
    tale = ((0, SMB[0]), (4, SMB[1]), (9, SMB[2]), (15, SMB[1]), (21, SMB[2]), (30, CONTRACT))
    sell(story, company, [person], told(start, *tale, (37, WON)))


def shared_stage_label(story: Story) -> None:
    """One account with a deal in each of the two stages that are called Negotiation."""
    start = day("2025-10-07")
    company, person = account(story, start - timedelta(days=3))
    sell(story, company, [person], straight(start, "default", WON, 24))
    renewal = told(day("2026-09-15"), (0, DUE), (20, TALKS))
    sell(story, company, [person], renewal, pipeline="renewals", deal_type="renewal")
    tale = ((0, SMB[0]), (4, SMB[1]), (12, SMB[2]), (25, CONTRACT))
    sell(story, company, [person], told(day("2026-09-16"), *tale), deal_type="expansion")


def renamed_stage(story: Story) -> None:
    """One deal was in Needs Analysis, the other in Discovery: the same stage."""
    start = day("2024-10-08")
    company, person = account(story, start - timedelta(days=10), "salesforce", "US")
    for begun, end, kind in (
        (start, BIG_WON, "new"),
        (day("2025-03-11"), BIG_LOST, "expansion"),
    ):
        sell(
            story, company, [person], straight(begun, "salesforce", end, 75),
            pipeline="salesforce", where="salesforce", deal_type=kind,
        )  # fmt: skip


def deleted_stage(story: Story) -> None:
    start = day("2024-08-06")
    company, person = account(story, start - timedelta(days=3), country="US")
    opening = ((0, SMB[0]), (4, SMB[1]), (11, SMB[2]), (18, BOUGHT_IN))
    sell(story, company, [person], told(start, *opening, (24, CONTRACT), (30, WON)))
    later = day("2024-11-12")
    sell(story, company, [person], told(later, *opening, (29, LOST)), deal_type="expansion")


def owner_change_mid_quarter(story: Story) -> None:
    """The second rep closes it in the same quarter; the first one's numbers keep nothing of it."""
    start = day("2025-04-08")
    company, person = account(story, start - timedelta(days=3), rep=3)
    deal = sell(story, company, [person], straight(start, "default", WON, 62))
    deal.owner = Timeline((start, 3), (day("2025-05-15", 12), 5))


def owner_change_after_close(story: Story) -> None:
    start = day("2025-02-18")
    company, person = account(story, start - timedelta(days=3), country="MX", rep=9)
    deal = sell(story, company, [person], straight(start, "default", WON, 28))
    deal.owner = Timeline((start, 9), (day("2025-11-04", 12), 10))


def deactivated_owner(story: Story) -> None:
    """Won by a rep who left a month later, and never handed over."""
    start = day("2025-03-11")
    company, person = account(story, start - timedelta(days=3), rep=4)
    sell(story, company, [person], straight(start, "default", WON, 30))


def null_amount(story: Story) -> None:
    start = day("2025-08-05")
    company, person = account(story, start - timedelta(days=3), country="US")
    sell(story, company, [person], straight(start, "default", WON, 21), amount=None)


def zero_amount(story: Story) -> None:
    start = day("2025-08-12")
    company, person = account(story, start - timedelta(days=3), country="US")
    steps = straight(start, "default", WON, 21)
    sell(story, company, [person], steps, amount=Decimal("0.00")).coupon = "PILOT100"


def negative_amount(story: Story) -> None:
    """A credit, booked as a won deal by somebody who knew no other way."""
    start = day("2025-08-19")
    company, person = account(story, start - timedelta(days=3), country="BR")
    steps = straight(start, "default", WON, 21)
    sell(story, company, [person], steps, amount=Decimal("-1850.75"), deal_type="expansion")


def close_date_pushed_month(story: Story) -> None:
    start = day("2025-05-02")
    company, person = account(story, start - timedelta(days=3))
    deal = sell(story, company, [person], straight(start, "default", WON, 47))
    closed_at = deal.stage.until(day("2026-01-01"))[-1][0]
    deal.close_on = Timeline(
        (start, date(2025, 5, 28)),
        (day("2025-05-27", 15), date(2025, 6, 17)),
        (closed_at, date(2025, 6, 18)),
    )


def close_date_pushed_quarter(story: Story) -> None:
    start = day("2026-07-07")
    company, person = account(story, start - timedelta(days=10), "salesforce", "US")
    tale = [(n * 20, stage) for n, stage in enumerate(BIG)]
    deal = sell(
        story, company, [person], told(start, *tale), pipeline="salesforce", where="salesforce"
    )
    deal.close_on = Timeline(
        (start, date(2026, 9, 25)), (day("2026-09-24", 15), date(2026, 12, 18))
    )


def past_close_date(story: Story) -> None:
    start = day("2026-03-10")
    company, person = account(story, start - timedelta(days=3), country="US")
    deal = sell(story, company, [person], told(start, (0, SMB[0]), (6, SMB[1])))
    deal.close_on = Timeline((start, date(2026, 4, 15)))


def created_2330_last_day(story: Story) -> None:
    """23:30 of 30 April in Sao Paulo is 1 May in UTC, for the lead as well as for its deal."""
    start = day("2025-04-30", 23, 30)
    company, person = account(story, start)
    person.qualified_at = start
    sell(story, company, [person], straight(start, "default", WON, 18))


def closed_2330_last_day(story: Story) -> None:
    """Closed at 23:30 of the year's last day: a sale of the old year."""
    start = day("2025-12-01", 23, 30)
    company, person = account(story, start - timedelta(days=3), country="US")
    sell(story, company, [person], straight(start, "default", WON, 30))


def win_without_lead(story: Story) -> None:
    start = day("2025-11-04")
    company, person = account(story, start - timedelta(days=3), was_lead=False)
    sell(story, company, [person], straight(start, "default", WON, 25))


def win_without_contact(story: Story) -> None:
    start = day("2025-11-11")
    company, _ = account(story, start - timedelta(days=3), country="MX")
    sell(story, company, [], straight(start, "default", WON, 25))


def probability_null(story: Story) -> None:
    start = day("2026-09-08")
    company, person = account(story, start - timedelta(days=3))
    deal = sell(story, company, [person], told(start, (0, SMB[0]), (9, SMB[1])))
    deal.probability_missing = True


def formula_moves(story: Story) -> None:
    """Open for long: what is computed from today's date moves, the modified date does not."""
    start = day("2026-06-09")
    company, person = account(story, start - timedelta(days=10), "both", "BR")
    tale = [(n * 15, stage) for n, stage in enumerate([*BIG, REVIEW])]
    sell(story, company, [person], told(start, *tale), pipeline="salesforce", where="both")


def association_later(story: Story) -> None:
    """The contact is put on the deal three weeks after the win."""
    start = day("2025-05-13")
    company, person = account(story, start - timedelta(days=3), country="US")
    deal = sell(story, company, [person], straight(start, "default", WON, 20))
    deal.contact_linked_at = day("2025-06-24", 14)


def duplicate_loss(story: Story) -> None:
    start = day("2025-09-09")
    company, person = account(story, start - timedelta(days=3))
    sell(story, company, [person], straight(start, "default", WON, 30))
    double = told(start + timedelta(days=1), (0, SMB[0]), (11, LOST))
    sell(story, company, [person], double, activities=0).loss_reason = "duplicate"


def won_on_first_day(story: Story) -> None:
    """Created and won within hours: a sales cycle of 0 days, which is not an error."""
    start = day("2025-10-14", 9)
    company, person = account(story, start - timedelta(days=3), country="US")
    sell(story, company, [person], told(start, (0, SMB[0]), (0.1, SMB[1]), (0.3, WON)))


def created_late_in_the_pipeline(story: Story) -> None:
    start = day("2025-10-21")
    company, person = account(story, start - timedelta(days=3), country="MX")
    sell(story, company, [person], told(start, (0, SMB[2]), (6, CONTRACT), (11, WON)))
