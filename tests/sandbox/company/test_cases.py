"""Every awkward case of the table in sandbox/README.md is really there, in the generated objects."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox.company import DEFAULT_NOW
from sandbox.company.births import Config
from sandbox.company.cases import CASES, ORGANISATION_CASES, number_of
from sandbox.company.dates import EMPTY_MONTH, business_day, local
from sandbox.company.double_cases import DOUBLE_CASES
from sandbox.company.life import life
from sandbox.company.model import Deal, Life, Stage
from sandbox.company.names import INTERNAL_DOMAIN
from sandbox.company.org import organisation
from sandbox.company.pipedrive_cases import PARTNER_CASES
from sandbox.company.plan import CLOSED
from sandbox.company.visible import Visible

_README = Path(__file__).parents[3] / "sandbox" / "README.md"
_ORG = organisation(7)
_STAGES: dict[str, dict[str, Stage]] = {
    pipeline.key: {stage.vendor_id: stage for stage in pipeline.stages}
    for pipeline in _ORG.pipelines
}
_REPS = {rep.key: rep for rep in _ORG.reps}
_MID_QUARTER = local(date(2025, 5, 15), 12)


def _path(deal: Deal) -> list[str]:
    return [stage for _, stage in deal.stage]


def _orders(deal: Deal) -> list[int]:
    return [_STAGES[deal.pipeline_key][stage].order for stage in _path(deal)]


def _won_at(deal: Deal) -> datetime:
    *_, (at, stage) = deal.stage
    assert CLOSED[stage]
    return at


def _closings(deal: Deal) -> list[bool]:
    return [CLOSED[stage] for stage in _path(deal) if stage in CLOSED]


def _merged(each: Life) -> bool:
    kept, gone = each.deals[:2]
    return gone.merged_into == kept.key and gone.deleted_at is not None


def _gone(where: str) -> Callable[[Life], bool]:
    def check(each: Life) -> bool:
        (deal,) = each.deals
        systems = {
            name
            for name, at in (("hubspot", deal.hubspot_at), ("salesforce", deal.salesforce_at))
            if at
        }
        return (
            deal.deleted_at is not None
            and deal.deleted_at < DEFAULT_NOW
            and systems == set(where.split("+"))
            and deal.merged_into is None
        )

    return check


def _skips(each: Life) -> bool:
    open_stages = _orders(each.deals[0])[:-1]
    return any(later - earlier > 1 for earlier, later in pairwise(open_stages))


def _shares_label(each: Life) -> bool:
    labels = [
        (deal.pipeline_key, _STAGES[deal.pipeline_key][deal.stage.at(DEFAULT_NOW) or ""].label)
        for deal in each.deals
    ]
    named = {key for key, label in labels if label.at(DEFAULT_NOW) == "Negotiation"}
    return named == {"default", "renewals"}


def _labels_of_then(each: Life) -> set[str | None]:
    stage = _STAGES["salesforce"]["Needs Analysis"]
    return {
        stage.label.at(at)
        for deal in each.deals
        for at, name in deal.stage
        if name == stage.vendor_id
    }


def _in_deleted_stage(each: Life) -> bool:
    stage = _STAGES["default"]["decisionmakerboughtin"]
    return (
        stage.deleted_at is not None
        and stage.deleted_at < DEFAULT_NOW
        and all(stage.vendor_id in _path(deal) for deal in each.deals)
        and all(deal.stage.at(stage.deleted_at) != stage.vendor_id for deal in each.deals)
    )


def _owner_changed(each: Life) -> bool:
    (_, first), (at, second) = each.deals[0].owner
    return first != second and at == _MID_QUARTER and at < _won_at(each.deals[0])


def _owner_left(each: Life) -> bool:
    rep = _REPS[each.deals[0].owner.at(DEFAULT_NOW) or 0]
    return rep.left_at is not None and _won_at(each.deals[0]) < rep.left_at < DEFAULT_NOW


def _amount(each: Life) -> object:
    return each.deals[0].amount.at(DEFAULT_NOW)


def _pushed(each: Life) -> tuple[date, date]:
    days = [day for _, day in each.deals[0].close_on]
    return days[0], days[1]


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def _one_person(each: Life) -> bool:
    company, person = each.companies[0], each.people[0]
    return (
        company.hubspot_at is not None
        and company.salesforce_at is not None
        and person.hubspot_at is not None
        and person.salesforce_contact_at is not None
    )


def _texts(each: Life) -> str:
    parts = [f"{activity.subject}{activity.body}" for activity in each.activities]
    parts += [f"{person.first_name}{person.last_name}" for person in each.people]
    parts += [name for company in each.companies for _, name in company.name]
    return "".join(parts)


def _soon(instant: datetime | None) -> bool:
    return instant is not None and DEFAULT_NOW < instant <= DEFAULT_NOW + timedelta(days=7)


def _soon_in(each: Life, *stages: str) -> bool:
    return any(_soon(at) and name in stages for deal in each.deals for at, name in deal.stage)


CHECKS: dict[str, Callable[[Life], object]] = {
    "merged_deal": _merged,
    "deleted_deal": _gone("hubspot"),
    "deleted_opportunity": _gone("salesforce"),
    "deleted_in_both": _gone("hubspot+salesforce"),
    "restored_deal": lambda each: each.deals[0].restored_at > each.deals[0].deleted_at,  # type: ignore[operator]
    "reopened_loss": lambda each: _closings(each.deals[0]) == [False, True],
    "reopened_win": lambda each: _closings(each.deals[0]) == [True, True],
    "reopened_and_open": lambda each: (
        _closings(each.deals[0]) == [True] and _path(each.deals[0])[-1] not in CLOSED
    ),
    "skipped_stages": _skips,
    "repeated_stage": lambda each: len(set(_path(each.deals[0]))) < len(_path(each.deals[0])),
    "created_late_in_the_pipeline": lambda each: _orders(each.deals[0])[0] == 2,
    "shared_stage_label": _shares_label,
    "renamed_stage": lambda each: _labels_of_then(each) == {"Needs Analysis", "Discovery"},
    "deleted_stage": _in_deleted_stage,
    "owner_change_mid_quarter": _owner_changed,
    "owner_change_after_close": lambda each: (
        list(each.deals[0].owner)[-1][0] > _won_at(each.deals[0])
    ),
    "deactivated_owner": _owner_left,
    "null_amount": lambda each: _won_at(each.deals[0]) and _amount(each) is None,
    "zero_amount": lambda each: _won_at(each.deals[0]) and _amount(each) == 0,
    "negative_amount": lambda each: _won_at(each.deals[0]) and _amount(each) < 0,  # type: ignore[operator]
    "close_date_pushed_month": lambda each: _pushed(each)[0].month < _pushed(each)[1].month,
    "close_date_pushed_quarter": lambda each: (
        _quarter(_pushed(each)[0]) < _quarter(_pushed(each)[1])
    ),
    "past_close_date": lambda each: (
        _path(each.deals[0])[-1] not in CLOSED
        and each.deals[0].close_on.at(DEFAULT_NOW) < date(2026, 5, 1)  # type: ignore[operator]
    ),
    "created_2330_last_day": lambda each: (
        each.deals[0].created_at == local(date(2025, 4, 30), 23, 30)
        and each.deals[0].created_at.date() == date(2025, 5, 1)
    ),
    "closed_2330_last_day": lambda each: (
        _won_at(each.deals[0]) == local(date(2025, 12, 31), 23, 30)
    ),
    "win_without_lead": lambda each: (
        _won_at(each.deals[0]) and all(person.lead_at is None for person in each.people)
    ),
    "win_without_contact": lambda each: _won_at(each.deals[0]) and each.deals[0].person_keys == (),
    "probability_null": lambda each: each.deals[0].probability_missing,
    "formula_moves": lambda each: (
        _path(each.deals[0])[-1] not in CLOSED and each.deals[0].salesforce_at is not None
    ),
    "association_later": lambda each: each.deals[0].contact_linked_at > _won_at(each.deals[0]),  # type: ignore[operator]
    "duplicate_loss": lambda each: each.deals[1].loss_reason == "duplicate",
    "won_on_first_day": lambda each: (
        business_day(_won_at(each.deals[0])) == business_day(each.deals[0].created_at)
    ),
    "merged_person": lambda each: each.people[1].merged_into == each.people[0].key,
    "merged_company": lambda each: each.companies[1].merged_into == each.companies[0].key,
    "merged_in_salesforce": lambda each: (
        each.companies[1].merged_into == each.companies[0].key
        and each.people[1].merged_into == each.people[0].key
        and each.people[1].salesforce_contact_at is not None
    ),
    "deleted_lead": lambda each: (
        each.people[0].lead_at is not None and each.people[0].deleted_at is not None
    ),
    "internal_company": lambda each: (
        each.companies[0].is_internal
        and each.companies[0].domain == INTERNAL_DOMAIN
        and all((person.email or "").endswith(f"@{INTERNAL_DOMAIN}") for person in each.people)
        and _won_at(each.deals[0])
    ),
    "both_linked_by_sync": lambda each: (
        _one_person(each)
        and (each.companies[0].link, each.people[0].link) == ("sync", "sync")
        and each.deals[0].hubspot_at is not None
        and each.deals[0].salesforce_at is not None
    ),
    "both_known_by_domain": lambda each: (
        _one_person(each) and (each.companies[0].link, each.people[0].link) == ("domain", "email")
    ),
    "converted_lead": lambda each: (
        each.people[0].salesforce_lead_at < each.people[0].salesforce_contact_at  # type: ignore[operator]
        and each.people[0].converted_deal_key == each.deals[0].key
    ),
    "lead_after_win": lambda each: each.people[0].lead_at > _won_at(each.deals[0]),  # type: ignore[operator]
    "euro_account": lambda each: _won_at(each.deals[0]) and each.deals[0].currency == "EUR",
    "awkward_text": lambda each: all(
        sign in _texts(each) for sign in ("\n", '"', "\U0001f680", "\u05e9", "\u0645", "'", "\\")
    ),
    "lookalike_contacts": lambda each: (
        sum(
            bool(re.search(r"555.?01\d\d", person.phone or "")) and "@" in (person.email or "")
            for person in each.people[1:]
        )
        == 3
    ),
    "reopened_ticket": lambda each: (
        [state for _, state in each.tickets[0].status].count("closed") == 2
    ),
    "survey_twice": lambda each: (
        len({answer.person_key for answer in each.surveys}) == 1
        and [answer.answered_at.month for answer in each.surveys] == [5, 5, 6]
    ),
    "contract_ended_early": lambda each: (
        each.contracts[0].terminated_at is not None and each.contracts[0].months == 36
    ),
    "returned_order": lambda each: each.orders[1].returns == each.orders[0].key,
    "deleted_activity": lambda each: (
        [activity.deleted_at is not None for activity in each.activities] == [False, True, False]
    ),
    "tomorrow_created": lambda each: all(_soon(deal.created_at) for deal in each.deals),
    "tomorrow_changed": lambda each: _soon_in(each, "Needs Analysis"),
    "tomorrow_won": lambda each: _soon_in(each, "closedwon"),
    "tomorrow_lost": lambda each: _soon_in(each, "closedlost"),
    "tomorrow_deleted": lambda each: (
        [_soon(deal.deleted_at) for deal in each.deals] == [True, True]
    ),
    "tomorrow_merged": lambda each: (
        _soon(each.deals[1].deleted_at) and _merged(each) and _soon(each.people[1].deleted_at)
    ),
    "tomorrow_restored": lambda each: (
        each.deals[0].deleted_at < DEFAULT_NOW and _soon(each.deals[0].restored_at)  # type: ignore[operator]
    ),
    "tomorrow_linked": lambda each: (
        _soon(each.deals[0].contact_linked_at) and _won_at(each.deals[0]) < DEFAULT_NOW
    ),
}


@pytest.mark.parametrize("code", [case.__name__ for case in CASES])
def test_the_life_holds_its_case_at_every_scale(code: str) -> None:
    for config in (Config(seed=7, deals=1000), Config(seed=11, deals=100_000)):
        assert CHECKS[code](life(config, number_of(code)))


def test_the_table_lists_every_case_once() -> None:
    text, *_ = _README.read_text(encoding="utf-8").split("## Making things go wrong")
    listed = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    codes = [case.__name__ for case in (*CASES, *PARTNER_CASES, *DOUBLE_CASES)]
    codes += ORGANISATION_CASES
    assert sorted(listed) == sorted(codes)
    assert len(set(codes)) == len(codes)


def test_a_target_is_changed_in_mid_month() -> None:
    goal, quota = [target for target in _ORG.targets if len(target.amount) > 1]
    for target, system, day in (
        (goal, "hubspot", date(2025, 4, 15)),
        (quota, "salesforce", date(2026, 11, 9)),
    ):
        (_, first), (at, second) = target.amount
        assert (target.system, business_day(at), first < second) == (system, day, True)
    # Only who has pulled at the story's present knows what the quota was.
    assert quota.amount.until(DEFAULT_NOW) == [quota.amount.first()]


def test_a_target_is_withdrawn() -> None:
    (target,) = [target for target in _ORG.targets if target.deleted_at]
    assert target.month == date(2025, 7, 1)


def test_one_seller_has_no_target() -> None:
    with_target = {target.rep_key for target in _ORG.targets}
    sellers = [rep for rep in _ORG.reps if not rep.is_manager]
    without = [rep.last_name for rep in sellers if rep.key not in with_target]
    assert without == ["Castellan"]


def test_one_month_has_no_lead_and_nothing_closed(small_lives: list[Life]) -> None:
    months: set[date] = set()
    for each in small_lives:
        view = Visible(each, DEFAULT_NOW)
        instants = [person.lead_at for person in view.people()]
        instants += [at for deal in view.deals() for at, name in deal.stage if name in CLOSED]
        months |= {business_day(at).replace(day=1) for at in instants if at is not None}
    assert EMPTY_MONTH not in months
    assert {date(2024, 1, 1), date(2024, 3, 1)} <= months
