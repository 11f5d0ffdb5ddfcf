"""What HubSpot shows of a life: values as text, history, associations, merges, today's labels."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.company import hubspot_view
from sandbox.company.hubspot_properties import PROPERTIES
from sandbox.company.identity import hubspot_id, salesforce_id
from sandbox.company.model import Deal, Timeline
from tests.sandbox.company.handmade import (
    BIG_SELLER,
    BORN,
    COMPANY,
    DEAL,
    LATER,
    ORG,
    OTHER_SELLER,
    PERSON,
    SELLER,
    Portal,
    activity,
    at,
    big_deal,
    company,
    deal,
    life,
    line,
    milliseconds,
    person,
)

WON_AT = at("2025-05-10 01:30:00")  # 22:30 of the 9th where the business is


def won_deal(**changes: Any) -> Deal:
    stages = Timeline((BORN, "appointmentscheduled"), (WON_AT, "closedwon"))
    days = Timeline((BORN, date(2025, 4, 30)), (WON_AT, date(2025, 5, 9)))
    return deal(**{"stage": stages, "close_on": days} | changes)


def test_two_looks_at_one_instant_are_the_same() -> None:
    shown = life(company(), person(), won_deal(), activity())
    first = list(hubspot_view.life(ORG, shown, LATER))
    assert list(hubspot_view.life(ORG, shown, LATER)) == first
    assert list(hubspot_view.organisation(ORG, LATER)) == list(
        hubspot_view.organisation(ORG, LATER)
    )


def test_nothing_is_seen_before_it_exists() -> None:
    shown = life(company(), person(), won_deal(), activity())
    assert list(hubspot_view.life(ORG, shown, BORN - timedelta(seconds=1))) == []


@pytest.mark.parametrize("kind", ["companies", "contacts", "deals", "line_items", "calls"])
def test_a_record_has_a_text_or_null_for_every_defined_property(kind: str) -> None:
    values = Portal(life(company(), person(), won_deal(lines=[line()]), activity())).values(kind)
    defined = {text.split(" ")[0] for text in PROPERTIES[kind]}
    assert set(values) == defined
    assert list(values) == sorted(values)
    assert {type(value) for value in values.values()} <= {str, type(None)}


def test_the_modified_date_is_the_record_stamp_to_the_millisecond() -> None:
    portal = Portal(life(company(), person(), won_deal()))
    row = portal.record("deals")
    text = portal.values("deals")["hs_lastmodifieddate"] or ""
    assert text == f"2025-05-10T01:30:00.{row.updated_at % 1000:03d}Z"
    assert row.updated_at // 1000 == milliseconds(WON_AT) // 1000
    assert row.updated_at % 1000 != 0


def test_no_stamp_lies_after_the_clock() -> None:
    assert Portal(life(won_deal()), WON_AT).record("deals").updated_at == milliseconds(WON_AT)


def test_an_open_deal_closes_at_local_midnight_and_a_closed_one_at_its_instant() -> None:
    changes = Portal(life(won_deal())).changes("closedate")
    assert changes == [
        (milliseconds(BORN), "2025-04-30T03:00:00Z"),
        (milliseconds(WON_AT), "2025-05-10T01:30:00Z"),
    ]


def test_a_close_date_of_another_day_than_the_closing_is_a_day() -> None:
    moved = Timeline((BORN, date(2025, 5, 31)))
    assert Portal(life(won_deal(close_on=moved))).values("deals")["closedate"] == (
        "2025-05-31T03:00:00Z"
    )


def test_a_reopened_deal_has_a_day_again() -> None:
    stages = Timeline((BORN, "contractsent"), (WON_AT, "closedlost"), (LATER, "contractsent"))
    days = Timeline(
        (BORN, date(2025, 4, 30)), (WON_AT, date(2025, 5, 9)), (LATER, date(2026, 7, 1))
    )
    values = Portal(life(deal(stage=stages, close_on=days))).values("deals")
    assert values["closedate"] == "2026-07-01T03:00:00Z"
    assert values["hs_is_closed"] == "false"
    assert values["days_to_close"] is None


def test_probabilities_have_all_the_digits_of_a_binary_fraction() -> None:
    values = Portal(life(deal())).values("deals")
    assert values["hs_deal_stage_probability"] == (
        "0.200000000000000011102230246251565404236316680908203125"
    )
    assert Portal(life(won_deal())).values("deals")["hs_deal_stage_probability"] == "1"


def test_one_number_of_an_open_deal_is_an_instant() -> None:
    name = "hs_open_deal_create_date"
    assert Portal(life(deal())).values("deals")[name] == str(milliseconds(BORN))
    assert Portal(life(won_deal())).values("deals")[name] is None


def test_a_missing_probability_has_no_value() -> None:
    values = Portal(life(deal(probability_missing=True))).values("deals")
    assert not values["hs_deal_stage_probability"]


@pytest.mark.parametrize(("key", "text"), [(3, ""), (4, None)])
def test_no_value_is_null_or_an_empty_text(key: int, text: str | None) -> None:
    shown = life(deal(key=key, amount=Timeline((BORN, None))))
    assert Portal(shown).values("deals")["amount"] == text


@pytest.mark.parametrize("amount", ["0.00", "-250.75", "1500.50"])
def test_amounts_keep_their_sign_and_places(amount: str) -> None:
    shown = life(deal(amount=Timeline((BORN, Decimal(amount)))))
    assert Portal(shown).values("deals")["amount"] == amount


def test_stage_history_is_every_change_with_its_writer() -> None:
    rows = [row for row in Portal(life(won_deal())).history if row.property == "dealstage"]
    assert [row.value for row in rows] == ["appointmentscheduled", "closedwon"]
    assert rows[0].source_type == "CRM_UI"
    assert rows[0].source_id == f"userId:{rows[0].updated_by_user_id}"


def test_a_history_writer_is_a_user_not_an_owner() -> None:
    shown = Portal(life(deal()))
    owner = next(row.value for row in shown.history if row.property == "hubspot_owner_id")
    assert owner == str(hubspot_id("owner", SELLER))
    assert {row.updated_by_user_id for row in shown.history} == {hubspot_id("user", SELLER)}


def test_an_owner_change_moves_the_modified_date() -> None:
    changed = at("2025-08-01 15:00:00")
    shown = life(deal(owner=Timeline((BORN, SELLER), (changed, OTHER_SELLER))))
    assert Portal(shown).record("deals").updated_at // 1000 == milliseconds(changed) // 1000
    assert Portal(shown).values("deals")["hubspot_owner_id"] == str(
        hubspot_id("owner", OTHER_SELLER)
    )


def test_a_later_association_leaves_the_modified_date_alone() -> None:
    linked = at("2025-09-01 09:00:00")
    shown = life(company(), person(), deal(contact_linked_at=linked))
    before, after = Portal(shown, linked - timedelta(seconds=1)), Portal(shown, linked)
    assert before.links("deals", "contacts") == set()
    assert after.links("deals", "contacts") == {3, 41}
    assert before.values("deals")["num_associated_contacts"] == "0"
    assert after.values("deals")["num_associated_contacts"] == "1"
    assert before.record("deals").updated_at == after.record("deals").updated_at


def test_computed_money_moves_with_the_rate_and_not_with_the_modified_date() -> None:
    early, late = Portal(life(deal()), at("2025-04-15")), Portal(life(deal()), at("2026-05-15"))
    assert (
        early.values("deals")["amount_in_home_currency"]
        != (late.values("deals")["amount_in_home_currency"])
    )
    assert early.record("deals").updated_at == late.record("deals").updated_at


def test_a_closed_deal_keeps_its_rate() -> None:
    early = Portal(life(won_deal()), at("2025-05-20")).values("deals")["hs_exchange_rate"]
    assert Portal(life(won_deal())).values("deals")["hs_exchange_rate"] == early


def test_the_projected_amount_follows_half_a_minute_later() -> None:
    stages = Timeline((BORN, "appointmentscheduled"), (WON_AT, "closedlost"))
    shown = life(won_deal(stage=stages))
    before = Portal(shown, WON_AT + timedelta(seconds=20))
    after = Portal(shown, WON_AT + timedelta(seconds=40))
    assert before.values("deals")["hs_projected_amount"] != "0"
    assert after.values("deals")["hs_projected_amount"] == "0"
    assert before.record("deals").updated_at == after.record("deals").updated_at


def test_a_deal_of_both_crms_stands_in_the_synced_pipeline_with_its_link() -> None:
    shown = life(company(), person(), big_deal(hubspot_at=BORN))
    values = Portal(shown).values("deals")
    assert values["pipeline"] == "87154233"
    assert values["dealstage"] == "163920471"
    assert values["hs_salesforceopportunityid"] == salesforce_id("006", DEAL)
    assert {row.source_type for row in Portal(shown).history} == {"INTEGRATION"}


def test_lines_of_a_synced_deal_stay_in_salesforce() -> None:
    shown = life(company(), big_deal(hubspot_at=BORN, lines=[line()]))
    assert [row.type for row in Portal(shown).records] == ["companies", "deals"]


def test_the_sync_link_is_written_once_both_sides_exist() -> None:
    synced = at("2025-04-01 10:00:00")
    shown = life(company(salesforce_at=synced, link="sync"))
    assert Portal(shown, synced - timedelta(1)).values("companies")["salesforceaccountid"] is None
    after = Portal(shown, synced)
    assert after.values("companies")["salesforceaccountid"] == salesforce_id("001", COMPANY)
    assert after.record("companies").updated_at == milliseconds(synced)


def test_a_company_known_by_domain_only_has_no_link() -> None:
    shown = life(company(salesforce_at=BORN, link="domain"))
    assert Portal(shown).values("companies")["salesforceaccountid"] is None


def test_a_person_of_both_crms_carries_lead_and_contact_ids() -> None:
    converted = at("2025-04-01 10:00:00")
    shown = life(person(salesforce_lead_at=BORN, salesforce_contact_at=converted, link="sync"))
    values = Portal(shown).values("contacts")
    assert values["salesforceleadid"] == salesforce_id("00Q", PERSON)
    assert values["salesforcecontactid"] == salesforce_id("003", PERSON)


def test_lifecycle_dates_are_those_of_the_person() -> None:
    qualified = at("2025-03-20 09:00:00")
    shown = life(person(marketing_qualified_at=BORN, qualified_at=qualified))
    values = Portal(shown).values("contacts")
    assert values["hs_v2_date_entered_lead"] == "2025-03-03T12:00:00.000Z"
    assert values["hs_v2_date_entered_salesqualifiedlead"] == "2025-03-20T09:00:00.000Z"
    assert values["lifecyclestage"] == "salesqualifiedlead"
    before = Portal(shown, qualified - timedelta(seconds=1)).values("contacts")
    assert before["hs_v2_date_entered_salesqualifiedlead"] is None


def test_contacts_have_their_own_name_for_the_modified_date() -> None:
    values = Portal(life(person())).values("contacts")
    assert "lastmodifieddate" in values
    assert "hs_lastmodifieddate" not in values


def test_associations_are_rows_in_both_directions_with_several_types() -> None:
    portal = Portal(life(company(), person(), won_deal(lines=[line()])))
    assert portal.links("deals", "companies") == {5, 341}
    assert portal.links("companies", "deals") == {6, 342}
    assert portal.links("contacts", "companies") == {1, 279}
    assert portal.links("companies", "contacts") == {2, 280}
    assert portal.links("line_items", "deals") == {20}
    assert portal.links("deals", "line_items") == {19}


def test_a_merge_archives_the_loser_and_names_it_on_the_winner() -> None:
    merged = at("2025-07-01 10:00:00")
    loser = deal(key=DEAL + 1, deleted_at=merged, merged_into=DEAL)
    shown = life(company(), person(), deal(), loser)
    portal = Portal(shown)
    kept, gone = portal.record("deals", 0), portal.record("deals", 1)
    assert (gone.archived, gone.archived_at, gone.merged_into) == (
        1,
        milliseconds(merged),
        kept.id,
    )
    assert portal.values("deals", 0)["hs_merged_object_ids"] == str(gone.id)
    assert kept.updated_at // 1000 == milliseconds(merged) // 1000
    before = Portal(shown, merged - timedelta(seconds=1))
    assert before.values("deals", 0)["hs_merged_object_ids"] is None
    assert before.record("deals", 1).archived == 0


def test_links_of_a_merged_company_belong_to_the_winner() -> None:
    loser = company(key=COMPANY + 500, deleted_at=LATER, merged_into=COMPANY)
    shown = life(company(), loser, deal(company_key=COMPANY + 500))
    winner = hubspot_id("companies", COMPANY)
    linked = {row.to_id for row in Portal(shown).associations if row.from_type == "deals"}
    assert linked == {winner}
    before = Portal(shown, LATER - timedelta(seconds=1))
    assert winner not in {row.to_id for row in before.associations if row.from_type == "deals"}


def test_a_restored_deal_is_live_with_a_new_stamp() -> None:
    deleted, restored = at("2025-07-01 10:00:00"), at("2025-07-03 10:00:00")
    shown = life(deal(deleted_at=deleted, restored_at=restored))
    assert Portal(shown, deleted).record("deals").archived == 1
    row = Portal(shown, restored).record("deals")
    assert (row.archived, row.archived_at, row.updated_at) == (0, None, milliseconds(restored))


def test_an_archived_deal_keeps_its_modified_date() -> None:
    shown = life(deal(deleted_at=at("2025-07-01 10:00:00")))
    before, after = Portal(shown, at("2025-06-01")), Portal(shown)
    assert before.record("deals").updated_at == after.record("deals").updated_at


def test_a_company_owned_by_somebody_without_a_seat_has_no_owner() -> None:
    shown = life(company(owner=Timeline((BORN, BIG_SELLER), (LATER, 21))))
    assert not Portal(shown).values("companies")["hubspot_owner_id"]
