"""What the CRMs show of the awkward cases, as flat records."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import chain

import pytest

from sandbox.company.births import Config
from sandbox.company.cases import number_of
from sandbox.company.dates import DEFAULT_NOW, TIMEZONE
from sandbox.company.double_life import double_life, double_number_of
from sandbox.company.life import life
from sandbox.company.pipedrive_cases import partner_number_of
from sandbox.company.pipedrive_life import partner_life
from sandbox.company.pipedrive_org import whole_organisation
from tests.oracle.records import Deal, World
from tests.oracle.tiny import at
from tests.oracle.world import build, calendar_of

CONFIG = Config(seed=7, deals=300, has_partners=True)


def shown(*cases: str, at: datetime = DEFAULT_NOW) -> World:
    partners = [case for case in cases if case.startswith("partner_")]
    lives = chain(
        (life(CONFIG, number_of(case)) for case in cases if case not in partners),
        (partner_life(CONFIG, partner_number_of(case)) for case in partners),
    )
    return build(whole_organisation(CONFIG.seed), lives, at)


def only(world: World) -> Deal:
    (deal,) = world.deals.values()
    return deal


@pytest.mark.parametrize(
    "case",
    [
        *("deleted_deal", "deleted_opportunity", "deleted_in_both", "internal_company"),
        *("deleted_lead",),
    ],
)
def test_what_is_deleted_or_our_own_is_not_there(case: str) -> None:
    world = shown(case)
    assert not world.deals
    assert not [ticket for ticket in world.tickets if case == "internal_company"]
    assert not [survey for survey in world.surveys if case == "internal_company"]
    if case in ("internal_company", "deleted_lead"):
        assert not world.people


@pytest.mark.parametrize(
    "case", ["merged_deal", "duplicate_loss", "restored_deal", "partner_merged_deal"]
)
def test_a_sale_that_stands_twice_is_one(case: str) -> None:
    assert only(shown(case)).is_won


def test_the_lines_of_a_merged_deal_are_the_winners() -> None:
    (_, double) = life(CONFIG, number_of("merged_deal")).deals
    (kept, _) = life(CONFIG, number_of("merged_deal")).deals
    assert double.lines
    assert len(only(shown("merged_deal")).lines) == len(kept.lines) + len(double.lines)


def test_merged_people_and_companies_are_one() -> None:
    for case in ("merged_person", "merged_company", "merged_in_salesforce"):
        world = shown(case)
        assert (len(world.accounts), len(world.people)) == (1, 1), case
        assert only(world).account in world.accounts


def test_a_record_in_two_crms_is_one_and_salesforce_leads() -> None:
    world = shown("both_linked_by_sync", "both_known_by_domain")
    assert sorted(deal.source_system for deal in world.deals.values()) == ["salesforce", "several"]
    assert {deal.pipeline for deal in world.deals.values()} == {"Salesforce"}
    assert [person.source_system for person in world.people.values()] == ["several", "several"]


def test_a_converted_lead_is_qualified_from_the_beginning_of_the_day_of_its_conversion() -> None:
    (person,) = shown("converted_lead").people.values()
    assert person.qualified_at == at("2026-02-09")


def test_a_lead_that_became_a_deal_in_pipedrive_is_qualified_by_it() -> None:
    world = shown("partner_archived_win")
    (person,) = world.people.values()
    assert person.lead_at == at("2025-02-03 10:00") == only(world).created_at
    assert person.qualified_at == only(world).created_at
    assert only(world).next_step is None
    assert only(world).lead_source is None


def test_a_deal_that_was_taken_back_has_one_closing() -> None:
    deal = only(shown("reopened_win"))
    assert deal.closed_on == date(2026, 6, 7)
    assert [stay.stage.is_won for stay in deal.stays].count(True) == 2
    assert only(shown("reopened_and_open")).closed_on is None
    assert only(shown("partner_reopened_loss")).closed_on == date(2026, 1, 12)


def test_the_expected_day_in_pipedrive_is_the_day_of_closing_only_while_it_is_closed() -> None:
    deal = only(shown("partner_reopened_loss"))
    days = [(each.stage.label, each.close_on) for each in deal.versions]
    assert days[3] == ("Lost", date(2025, 11, 23))
    reopened = next(each for each in deal.versions[4:] if each.is_open)
    assert reopened.close_on is not None
    assert reopened.close_on > date(2025, 12, 28)


def test_a_stage_that_is_listed_no_more_has_its_code_for_a_name_and_no_place() -> None:
    world = shown("deleted_stage", "renamed_stage")
    stages = {stay.stage for deal in world.deals.values() for stay in deal.stays}
    titles = {stage.title: stage for stage in stages}
    assert "Salesforce: Discovery" in titles
    assert "Salesforce: Needs Analysis" not in titles
    retired = titles["SMB sales: decisionmakerboughtin"]
    assert (retired.order, retired.probability, retired.is_listed) == (None, None, False)


def test_the_owner_of_the_closing_is_credited() -> None:
    assert only(shown("owner_change_mid_quarter")).credited == "Larissa Peixoto"
    world = shown("owner_change_after_close")
    assert only(world).credited == "Diego Zamudio"
    assert only(world).last.owner == "Paola Cárdenas"


def test_a_contract_ends_on_the_day_on_which_it_was_ended() -> None:
    (contract,) = shown("contract_ended_early").contracts
    assert contract.ends_on == date(2026, 3, 12)


def test_a_return_is_an_order_of_its_own_with_everything_negative() -> None:
    sold, back = shown("returned_order").orders
    assert back.is_return
    assert back.original == sold.key
    assert back.amount < 0
    assert back.lines[0].quantity < 0


def test_a_reopened_ticket_runs_on_to_its_last_close() -> None:
    (ticket,) = shown("reopened_ticket").tickets
    assert ticket.closed_at == at("2025-04-16 17:00")
    world = shown("reopened_ticket", at=at("2025-04-15"))
    assert world.tickets[0].closed_at is None


def test_what_comes_tomorrow_is_not_there_today() -> None:
    assert not shown("tomorrow_created").deals
    assert not only(shown("tomorrow_won")).is_won
    assert only(shown("tomorrow_won", at=at("2026-11-05"))).is_won
    assert only(shown("tomorrow_linked")).primary is None


def test_a_closing_late_in_the_evening_is_of_that_day() -> None:
    world = shown("closed_2330_last_day")
    assert only(world).closed_on == date(2025, 12, 31)
    assert world.timezone == TIMEZONE
    assert calendar_of(world).first == date(2023, 10, 1)  # what the first campaign cost
    world.campaigns.clear()
    world.targets.clear()
    assert calendar_of(world).first == date(2025, 11, 28)


def test_targets_know_what_a_pull_can_know_and_the_withdrawn_one_is_none() -> None:
    world = shown()
    by_owner = {(target.owner, target.start): target for target in world.targets}
    assert ("Paola Cárdenas", date(2025, 7, 1)) not in by_owner
    assert not [each for each in world.targets if each.owner == "Naomi Castellan"]
    raised = by_owner["Rafael Queiroz", date(2025, 4, 1)]
    assert raised.later == ((date(2025, 4, 15), raised.amount * Decimal("1.25")),)
    assert {target.later for target in world.targets if target != raised} == {()}
    assert max(target.start for target in world.targets) == date(2026, 11, 1)


def test_money_is_converted_with_the_rate_of_the_day() -> None:
    rates = shown().rates
    first = rates.by_currency["BRL"][0][1]
    assert first == Decimal(1 / Decimal("4.98")).quantize(Decimal("1e-8"))
    assert rates.base(Decimal(100), "BRL", date(2023, 10, 31)) == Decimal("20.08")
    assert rates.base(Decimal(100), "BRL", date(2023, 9, 30)) is None
    assert rates.base(Decimal("-0.005"), "USD", date(2023, 9, 30)) == Decimal("-0.01")


def doubles(case: str) -> World:
    lives = [double_life(CONFIG, double_number_of(case))]
    return build(whole_organisation(CONFIG.seed), lives, DEFAULT_NOW)


def test_what_was_entered_in_several_crms_without_a_link_is_one() -> None:
    for case in ("known_by_tax_id", "known_by_domain_in_three", "renamed_and_double"):
        assert len(doubles(case).accounts) == 1, case
    people = doubles("known_by_phone").people.values()
    assert [person.source_system for person in people] == ["several"] * 3
    assert {person.account for person in people} == set(doubles("known_by_phone").accounts)
    assert len(doubles("shared_switchboard").people) == 3


def test_a_deal_that_was_entered_twice_is_one_and_salesforce_speaks() -> None:
    world = doubles("deal_known_by_owner")
    assert only(world).source_system == "several"
    assert only(world).pipeline == "Salesforce"
    assert only(world).account in world.accounts
    assert len(doubles("deal_lookalike").deals) == 2
