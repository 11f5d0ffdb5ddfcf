"""The partner unit's awkward cases, each in a life of its own, at every scale.

What each one is and what breaks if it is got wrong stands in the second table of
sandbox/README.md. New cases go to the end of the list, so that the numbers of the others stay.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.company.casework import day, told
from sandbox.company.deeds import work_on
from sandbox.company.model import Company, Deal, Person, Timeline
from sandbox.company.pipedrive_org import FIRST_REP, PARTNERS
from sandbox.company.pipedrive_pipelines import LOST, QUALIFIED_RENAMED_AT, WON
from sandbox.company.plan import Steps
from sandbox.company.story import ONLY_PIPEDRIVE, Story

OPEN = ("11", "12", "13", "14")
_MATIAS, _NOOR = FIRST_REP + 1, FIRST_REP + 2


def partner_deleted_deal(story: Story) -> None:
    start = day("2026-08-10")
    company, person = _account(story, start, "US")
    _sell(story, company, person, _straight(start, WON, 30))
    double = _sell(story, company, person, _straight(start + timedelta(days=5), WON, 40))
    story.delete_deal(double, day("2026-10-20", 11))


def partner_purged_deal(story: Story) -> None:
    start = day("2026-01-12")
    company, person = _account(story, start, "BR")
    _sell(story, company, person, _straight(start, LOST, 20))
    double = _sell(story, company, person, _straight(start + timedelta(days=9), WON, 30))
    story.delete_deal(double, day("2026-03-16", 15))


def partner_merged_deal(story: Story) -> None:
    start = day("2025-09-01")
    company, person = _account(story, start, "MX")
    kept = _sell(story, company, person, _straight(start, WON, 35))
    twin = _sell(story, company, person, told(start + timedelta(days=1), (0, OPEN[0])))
    story.delete_deal(twin, day("2025-09-12", 10), merged_into=kept)


def partner_merged_organisation(story: Story) -> None:
    start = day("2025-06-02")
    company, person = _account(story, start, "BR")
    twin, _ = _account(story, start + timedelta(days=2), "BR", name=company.name)
    twin.deleted_at, twin.merged_into = day("2025-07-08", 9), company.key
    _sell(story, company, person, _straight(start, WON, 45))


def partner_merged_person(story: Story) -> None:
    start = day("2025-10-06")
    company, person = _account(story, start, "US")
    twin = _person(story, company, start + timedelta(days=3), "US")
    twin.deleted_at, twin.merged_into = day("2025-10-24", 16), person.key
    _sell(story, company, person, _straight(start, WON, 28))


def partner_archived_win(story: Story) -> None:
    start = day("2025-02-03")
    company, person = _account(story, start, "US")
    deal = _sell(story, company, person, _straight(start, WON, 33))
    deal.archived_at = day("2025-12-29", 17)


def partner_reopened_loss(story: Story) -> None:
    start = day("2025-11-03")
    company, person = _account(story, start, "MX")
    steps = told(
        start, (0, OPEN[0]), (4, OPEN[1]), (11, OPEN[2]), (20, LOST), (55, OPEN[2]), (62, OPEN[3]),
        (70, WON),
    )  # fmt: skip
    _sell(story, company, person, steps)


def partner_renamed_stage(story: Story) -> None:
    start = QUALIFIED_RENAMED_AT - timedelta(days=12)
    company, person = _account(story, start, "BR")
    steps = told(start, (0, OPEN[0]), (5, OPEN[1]), (20, OPEN[2]), (30, OPEN[3]), (41, WON))
    _sell(story, company, person, steps)


def partner_untouched_deal(story: Story) -> None:
    start = day("2026-10-12")
    company, person = _account(story, start, "US")
    deal = _sell(story, company, person, told(start, (0, OPEN[0])), activities=0)
    deal.owner = Timeline((start, _NOOR))


def partner_null_value(story: Story) -> None:
    start = day("2026-02-02")
    company, person = _account(story, start, "BR")
    _sell(story, company, person, _straight(start, WON, 25), amount=None)


def partner_null_custom_fields(story: Story) -> None:
    start = day("2026-04-06")
    company, person = _account(story, start, "US")
    deal = _sell(story, company, person, _straight(start, WON, 21))
    deal.deal_type = "unknown"


def partner_skipped_stage(story: Story) -> None:
    start = day("2026-05-04")
    company, person = _account(story, start, "MX")
    _sell(story, company, person, told(start, (0, OPEN[0]), (6, OPEN[3]), (15, WON)))


def partner_owner_change(story: Story) -> None:
    start = day("2026-01-19")
    company, person = _account(story, start, "US")
    deal = _sell(story, company, person, _straight(start, WON, 40))
    deal.owner = Timeline((start, _MATIAS), (start + timedelta(days=20), _NOOR))


def partner_euro_deal(story: Story) -> None:
    start = day("2025-03-10")
    company, person = _account(story, start, "US")
    amount = Decimal("12480.50")
    _sell(story, company, person, _straight(start, WON, 37), amount=amount, currency="EUR")


def partner_duplicate_loss(story: Story) -> None:
    start = day("2025-08-04")
    company, person = _account(story, start, "MX")
    _sell(story, company, person, _straight(start, WON, 30))
    steps = told(start + timedelta(days=2), (0, OPEN[0]), (5, LOST))
    double = _sell(story, company, person, steps, amount=None)
    double.loss_reason = "duplicate"


def partner_tomorrow_won(story: Story) -> None:
    start = day("2026-10-05")
    company, person = _account(story, start, "BR")
    steps = told(start, (0, OPEN[0]), (7, OPEN[1]), (16, OPEN[2]), (30.2, WON))
    _sell(story, company, person, steps)


def partner_tomorrow_deleted(story: Story) -> None:
    start = day("2026-09-21")
    company, person = _account(story, start, "US")
    _sell(story, company, person, _straight(start, WON, 20))
    double = _sell(story, company, person, told(start + timedelta(days=3), (0, OPEN[0])))
    story.delete_deal(double, day("2026-11-04", 12))


def partner_tomorrow_merged(story: Story) -> None:
    start = day("2026-10-06")
    company, person = _account(story, start, "MX")
    twin = _person(story, company, start + timedelta(days=4), "MX")
    twin.deleted_at, twin.merged_into = day("2026-11-04", 14), person.key
    _sell(story, company, person, told(start, (0, OPEN[0]), (9, OPEN[1])))


def partner_tomorrow_archived(story: Story) -> None:
    start = day("2026-07-06")
    company, person = _account(story, start, "BR")
    deal = _sell(story, company, person, _straight(start, WON, 31))
    deal.archived_at = day("2026-11-04", 18)


PARTNER_CASES: tuple[Callable[[Story], None], ...] = (
    partner_deleted_deal,
    partner_purged_deal,
    partner_merged_deal,
    partner_merged_organisation,
    partner_merged_person,
    partner_archived_win,
    partner_reopened_loss,
    partner_renamed_stage,
    partner_untouched_deal,
    partner_null_value,
    partner_null_custom_fields,
    partner_skipped_stage,
    partner_owner_change,
    partner_euro_deal,
    partner_duplicate_loss,
    partner_tomorrow_won,
    partner_tomorrow_deleted,
    partner_tomorrow_merged,
    partner_tomorrow_archived,
)


def partner_number_of(code: str) -> int:
    """The number of the unit's life that holds a case."""
    return [case.__name__ for case in PARTNER_CASES].index(code)


def _account(
    story: Story, at: datetime, country: str, *, name: Timeline[str] | None = None
) -> tuple[Company, Person]:
    company = story.company(at, country, PARTNERS, ONLY_PIPEDRIVE)
    if name is not None:
        company.name = Timeline(*((at, text) for _, text in name))
    return company, _person(story, company, at, country)


def _person(story: Story, company: Company, at: datetime, country: str) -> Person:
    return story.person(
        company,
        country,
        owner=Timeline(*company.owner),
        channel="referral",
        pipedrive_at=at,
        lead_at=at,
    )


def _sell(
    story: Story,
    company: Company,
    person: Person,
    steps: Steps,
    *,
    amount: Decimal | str | None = "lines",
    currency: str | None = None,
    activities: int = 3,
) -> Deal:
    deal = story.deal(
        company,
        [person],
        steps,
        pipeline_key="partner_sales",
        deal_type="new",
        systems=ONLY_PIPEDRIVE,
        amount=amount,
        currency=currency,
    )
    person.qualified_at = min(person.qualified_at or deal.created_at, deal.created_at)
    work_on(story, deal, company, [person], activities)
    return deal


def _straight(start: datetime, end: str, days: float) -> Steps:
    """Through every stage in even strides."""
    stride = days / len(OPEN)
    return told(start, *[(n * stride, s) for n, s in enumerate([*OPEN, end])])
