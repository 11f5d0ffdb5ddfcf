"""Planted cases of the days after the default clock, so that `advance` always has something to do."""

from __future__ import annotations

from datetime import timedelta

from sandbox.company.casework import (
    BIG,
    BIG_LOST,
    CONTRACT,
    LOST,
    REVIEW,
    SMB,
    WON,
    account,
    day,
    sell,
    straight,
    told,
)
from sandbox.company.story import Story


def tomorrow_created(story: Story) -> None:
    start = day("2026-11-04")
    company, person = account(story, start)
    sell(story, company, [person], straight(start + timedelta(days=1), "default", WON, 30))


def tomorrow_changed(story: Story) -> None:
    start = day("2026-10-12")
    company, person = account(story, start, "both", "US")
    tale = [(0, BIG[0]), (9, BIG[1]), (17, BIG[2]), (40, BIG[3]), (70, REVIEW), (90, BIG_LOST)]
    steps = told(start + timedelta(days=7), *tale)
    sell(story, company, [person], steps, pipeline="salesforce", where="both")


def tomorrow_won(story: Story) -> None:
    start = day("2026-10-13")
    company, person = account(story, start)
    tale = ((0, SMB[0]), (5, SMB[1]), (12, SMB[2]), (18, CONTRACT), (22.1, WON))
    sell(story, company, [person], told(start, *tale))


def tomorrow_lost(story: Story) -> None:
    start = day("2026-10-13")
    company, person = account(story, start, country="US")
    sell(story, company, [person], told(start, (0, SMB[0]), (7, SMB[1]), (23.1, LOST)))


def tomorrow_deleted(story: Story) -> None:
    start = day("2026-10-06")
    company, person = account(story, start, country="MX")
    deal = sell(story, company, [person], told(start, (0, SMB[0]), (7, SMB[1])))
    story.delete_deal(deal, day("2026-11-04", 11))
    other = day("2026-10-07")
    big, buyer = account(story, other, "salesforce", "US")
    steps = told(other + timedelta(days=7), (0, BIG[0]), (5, BIG[1]))
    lost = sell(story, big, [buyer], steps, pipeline="salesforce", where="salesforce")
    story.delete_deal(lost, day("2026-11-04", 13))


def tomorrow_merged(story: Story) -> None:
    start = day("2026-10-06")
    company, person = account(story, start)
    kept = sell(story, company, [person], straight(start, "default", WON, 45))
    double = sell(story, company, [person], told(start + timedelta(days=2), (0, SMB[0])))
    story.delete_deal(double, day("2026-11-04", 16), merged_into=kept)
    twin = story.person(
        company, "BR", owner=person.owner, channel="email", hubspot_at=start + timedelta(days=3),
        lead_at=start + timedelta(days=3),
    )  # fmt: skip
    twin.deleted_at, twin.merged_into = day("2026-11-04", 17), person.key


def tomorrow_restored(story: Story) -> None:
    start = day("2026-10-14")
    company, person = account(story, start, country="US")
    deal = sell(story, company, [person], straight(start, "default", WON, 40))
    deal.deleted_at, deal.restored_at = day("2026-11-02", 10), day("2026-11-05", 9)


def tomorrow_linked(story: Story) -> None:
    start = day("2026-09-15")
    company, person = account(story, start, country="US")
    deal = sell(story, company, [person], straight(start, "default", WON, 28))
    deal.contact_linked_at = day("2026-11-04", 15)
