"""Every awkward case of the partner unit is really there, and its lives follow the story's rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from sandbox.company import DEFAULT_NOW
from sandbox.company.births import Config
from sandbox.company.dates import EMPTY_MONTH, business_day
from sandbox.company.model import Deal, Life
from sandbox.company.org import organisation
from sandbox.company.pipedrive_cases import PARTNER_CASES, partner_number_of
from sandbox.company.pipedrive_deals_view import KEPT_FOR
from sandbox.company.pipedrive_life import partner_life, partner_lives
from sandbox.company.pipedrive_org import partner_unit, whole_organisation
from sandbox.company.pipedrive_pipelines import LOST, QUALIFIED_RENAMED_AT, WON
from sandbox.company.plan import CLOSED
from sandbox.company.visible import Visible

_MANY = Config(seed=7, deals=100_000, has_partners=True)


def _path(deal: Deal) -> list[str]:
    return [stage for _, stage in deal.stage]


def _deleted(each: Life, *, is_listed: bool) -> bool:
    deal = each.deals[1]
    assert deal.deleted_at is not None
    assert deal.deleted_at < DEFAULT_NOW
    assert deal.merged_into is None
    return (deal.deleted_at + KEPT_FOR > DEFAULT_NOW) is is_listed


def _soon(instant: object) -> bool:
    return instant is not None and DEFAULT_NOW < instant <= DEFAULT_NOW + timedelta(days=7)  # type: ignore[operator]


CHECKS: dict[str, Callable[[Life], object]] = {
    "partner_deleted_deal": lambda each: _deleted(each, is_listed=True),
    "partner_purged_deal": lambda each: _deleted(each, is_listed=False),
    "partner_merged_deal": lambda each: each.deals[1].merged_into == each.deals[0].key,
    "partner_merged_organisation": lambda each: (
        each.companies[1].merged_into == each.companies[0].key
        and each.people[1].company_key == each.companies[1].key
        and each.people[1].deleted_at is None
    ),
    "partner_merged_person": lambda each: each.people[1].merged_into == each.people[0].key,
    "partner_archived_win": lambda each: (
        _path(each.deals[0])[-1] == WON and each.deals[0].archived_at < DEFAULT_NOW  # type: ignore[operator]
    ),
    "partner_reopened_loss": lambda each: (
        [s for s in _path(each.deals[0]) if s in CLOSED] == [LOST, WON]
    ),
    "partner_renamed_stage": lambda each: (
        [at < QUALIFIED_RENAMED_AT for at, stage in each.deals[0].stage if stage in ("12", "13")]
        == [True, False]
    ),
    "partner_untouched_deal": lambda each: (
        [len(each.deals[0].stage), len(each.deals[0].amount), len(each.deals[0].owner)] == [1, 1, 1]
    ),
    "partner_null_value": lambda each: (
        _path(each.deals[0])[-1] == WON and each.deals[0].amount.at(DEFAULT_NOW) is None
    ),
    "partner_null_custom_fields": lambda each: each.deals[0].deal_type == "unknown",
    "partner_skipped_stage": lambda each: _path(each.deals[0]) == ["11", "14", WON],
    "partner_owner_change": lambda each: (
        len({owner for _, owner in each.deals[0].owner}) == 2
        and list(each.deals[0].owner)[1][0] < list(each.deals[0].stage)[-1][0]
    ),
    "partner_euro_deal": lambda each: each.deals[0].currency == "EUR",
    "partner_duplicate_loss": lambda each: (
        _path(each.deals[1])[-1] == LOST and each.deals[1].loss_reason == "duplicate"
    ),
    "partner_tomorrow_won": lambda each: _soon(list(each.deals[0].stage)[-1][0]),
    "partner_tomorrow_deleted": lambda each: _soon(each.deals[1].deleted_at),
    "partner_tomorrow_merged": lambda each: (
        _soon(each.people[1].deleted_at) and each.people[1].merged_into == each.people[0].key
    ),
    "partner_tomorrow_archived": lambda each: _soon(each.deals[0].archived_at),
}


@pytest.mark.parametrize("code", [case.__name__ for case in PARTNER_CASES])
def test_the_life_holds_its_case_at_every_scale(code: str) -> None:
    for config in (Config(7, 300, has_partners=True), Config(11, 100_000, has_partners=True)):
        assert CHECKS[code](partner_life(config, partner_number_of(code)))


@pytest.mark.parametrize("seed", [1, 7])
def test_the_unit_has_about_a_deal_for_twenty_of_the_others(seed: int) -> None:
    config = Config(seed, 20_000, has_partners=True)
    found = sum(
        sum(1 for _ in Visible(each, DEFAULT_NOW).deals())
        for each in partner_lives(config, DEFAULT_NOW)
    )
    assert abs(found - 1000) <= 100


def test_without_the_unit_there_are_no_lives_of_it() -> None:
    assert list(partner_lives(Config(7, 1000), DEFAULT_NOW)) == []


def test_nobody_of_the_unit_is_in_the_rest_of_the_company() -> None:
    others = {(rep.key, rep.email) for rep in organisation(7).reps}
    own = {(rep.key, rep.email) for rep in partner_unit().reps}
    assert len(own) == 6
    for column in (0, 1):
        assert {each[column] for each in others}.isdisjoint({each[column] for each in own})
    names = [f"{rep.first_name} {rep.last_name}" for rep in whole_organisation(7).reps]
    assert len(names) == len(set(names))


def test_a_person_is_qualified_by_the_first_deal_that_stays() -> None:
    for each in partner_lives(_MANY, DEFAULT_NOW):
        view = Visible(each, DEFAULT_NOW)
        deals = list(view.deals())
        for person in view.people():
            first = min((d.created_at for d in deals if person.key in d.person_keys), default=None)
            seen = person.qualified_at if view.happened(person.qualified_at) else None
            assert seen == first
            assert person.lead_at == person.pipedrive_at


def test_the_empty_month_is_empty_here_too() -> None:
    months = set()
    for each in partner_lives(_MANY, DEFAULT_NOW):
        view = Visible(each, DEFAULT_NOW)
        instants = [person.lead_at for person in view.people()]
        instants += [at for deal in view.deals() for at, name in deal.stage if name in CLOSED]
        months |= {business_day(at).replace(day=1) for at in instants if at is not None}
    assert EMPTY_MONTH not in months


def test_a_deal_that_comes_back_stands_where_it_was() -> None:
    """Pipedrive reopens a deal in the stage that it never left."""
    for each in partner_lives(_MANY, DEFAULT_NOW):
        for deal in each.deals:
            path = _path(deal)
            for place, (stage, following) in enumerate(pairwise(path)):
                if stage in CLOSED and following not in CLOSED:
                    assert following == path[place - 1]
