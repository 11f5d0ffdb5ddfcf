"""What Salesforce shows of a life: real types, snapshots, field history, conversions, deletions."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

from sandbox.company import salesforce_view
from sandbox.company.identity import salesforce_id
from sandbox.company.model import Contract, Order, Ticket, Timeline
from sandbox.store import SalesforceRecord
from tests.sandbox.company.handmade import (
    BIG_SELLER,
    BORN,
    COMPANY,
    DEAL,
    LATER,
    ORG,
    OTHER_BIG_SELLER,
    PERSON,
    Crm,
    activity,
    at,
    big_deal,
    company,
    customer,
    life,
    line,
    milliseconds,
    person,
)

WON_AT = at("2025-05-10 01:30:00")  # 22:30 of the 9th where the business is
WON = Timeline((BORN, "Prospecting"), (WON_AT, "Closed Won"))
WON_ON = Timeline((BORN, date(2025, 4, 30)), (WON_AT, date(2025, 5, 9)))


def full_life() -> Crm:
    task = activity(system="salesforce", kind="task", completed_at=BORN, owner_key=BIG_SELLER)
    meeting = activity(key=1202, system="salesforce", kind="meeting", owner_key=BIG_SELLER)
    ticket = Ticket(
        key=1301, system="salesforce", subject="Broken", body="", category="incident",
        priority="high", company_key=COMPANY, person_key=PERSON, owner_key=BIG_SELLER,
        opened_at=BORN, first_reply_at=None, status=Timeline((BORN, "new")),
    )  # fmt: skip
    campaign = next(c for c in ORG.campaigns if c.system == "salesforce")
    lead = person(key=1010, salesforce_lead_at=BORN, hubspot_at=None, campaign_key=campaign.key)
    return Crm(
        life(
            *customer(), lead, big_deal(stage=WON, lines=[line()]), task, meeting,
            tickets=[ticket],
            contracts=[Contract(1501, COMPANY, DEAL, date(2025, 6, 1), 12, BORN)],
            orders=[Order(1601, COMPANY, DEAL, 1501, date(2025, 6, 1), BORN, [line(key=1701)])],
        )
    )  # fmt: skip


def test_two_looks_at_one_instant_are_the_same() -> None:
    assert full_life().rows == full_life().rows
    first = list(salesforce_view.organisation(ORG, LATER))
    assert list(salesforce_view.organisation(ORG, LATER)) == first


def test_nothing_is_seen_before_it_exists() -> None:
    shown = life(*customer(), big_deal())
    assert Crm(shown, BORN - timedelta(seconds=1)).rows == []


def test_every_object_of_describe_has_rows_with_every_field_it_names() -> None:
    described = salesforce_view.describes(LATER)
    rows = [*full_life().rows, *salesforce_view.organisation(ORG, LATER)]
    seen = set()
    for row in rows:
        assert isinstance(row, SalesforceRecord)
        names = {field["name"] for field in described[row.object]["fields"]}
        assert names <= set(json.loads(row.fields)), row.object
        seen.add(row.object)
    assert seen == set(described)


_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "int": (int,),
    "double": (float,),
    "currency": (float,),
    "percent": (float,),
    "address": (dict,),
    "anyType": (str, float),
}


def test_values_have_the_types_that_describe_says() -> None:
    described = salesforce_view.describes(LATER)
    for row in [*full_life().rows, *salesforce_view.organisation(ORG, LATER)]:
        assert isinstance(row, SalesforceRecord)
        values = json.loads(row.fields)
        for field in described[row.object]["fields"]:
            value = values[field["name"]]
            expected = _TYPES.get(field["type"], (str,))
            assert value is None or type(value) in expected, (row.object, field["name"], value)
            assert value is not None or field["nillable"], (row.object, field["name"])


def test_dates_and_instants_are_written_as_the_vendor_does() -> None:
    values = Crm(life(*customer(), big_deal())).one("Opportunity")
    assert values["CloseDate"] == "2025-04-30"
    assert values["CreatedDate"] == "2025-03-03T12:00:00.000+0000"
    assert values["Probability"] == 10.0
    assert values["Amount"] == 1500.5


def test_a_missing_probability_is_null() -> None:
    shown = Crm(life(*customer(), big_deal(probability_missing=True)))
    assert shown.one("Opportunity")["Probability"] is None


def test_history_is_a_snapshot_at_creation_and_at_every_save() -> None:
    amounts = Timeline((BORN, Decimal(1000)), (WON_AT, Decimal(1200)))
    rows = Crm(life(big_deal(stage=WON, close_on=WON_ON, amount=amounts))).all("OpportunityHistory")
    shown = [
        [row[n] for n in ("StageName", "Amount", "CloseDate", "PrevAmount", "PrevCloseDate")]
        for row in rows
    ]
    assert shown == [
        ["Prospecting", 1000.0, "2025-04-30", None, None],
        ["Closed Won", 1200.0, "2025-05-09", 1000.0, "2025-04-30"],
    ]


def test_history_before_the_record_came_to_salesforce_is_one_row() -> None:
    stages = Timeline((BORN, "Prospecting"), (WON_AT, "Qualification"))
    rows = Crm(life(big_deal(stage=stages, salesforce_at=LATER))).all("OpportunityHistory")
    assert [(row["StageName"], row["CreatedDate"][:10]) for row in rows] == [
        ("Qualification", "2026-06-01")
    ]


def test_an_owner_change_is_two_rows_of_field_history() -> None:
    owners = Timeline((BORN, BIG_SELLER), (WON_AT, OTHER_BIG_SELLER))
    crm = Crm(life(big_deal(owner=owners)))
    rows = [row for row in crm.all("OpportunityFieldHistory") if row["Field"] == "Owner"]
    assert [(row["OldValue"], row["NewValue"]) for row in rows] == [
        (salesforce_id("005", BIG_SELLER), salesforce_id("005", OTHER_BIG_SELLER)),
        ("Fernanda Ibáñez", "Otávio Serrano"),
    ]
    assert crm.one("Opportunity")["OwnerId"] == salesforce_id("005", OTHER_BIG_SELLER)


def test_field_history_begins_with_created() -> None:
    rows = Crm(life(big_deal(stage=WON))).all("OpportunityFieldHistory")
    assert [(row["Field"], row["OldValue"], row["NewValue"]) for row in rows] == [
        ("created", None, None),
        ("StageName", "Prospecting", "Closed Won"),
    ]


def test_a_later_change_leaves_the_ids_of_history_alone() -> None:
    owners = Timeline((BORN, BIG_SELLER), (BORN + timedelta(days=1), OTHER_BIG_SELLER))
    shown = life(big_deal(stage=WON, owner=owners))
    before = {row.id for row in Crm(shown, WON_AT - timedelta(days=1)).rows}
    assert before <= {row.id for row in Crm(shown).rows}


def test_the_formula_moves_and_the_stamp_does_not() -> None:
    shown = life(*customer(), big_deal())
    first, second = Crm(shown, at("2025-03-10")), Crm(shown, at("2025-03-20"))
    assert first.one("Opportunity")["Days_Open__c"] == 6.0
    assert second.one("Opportunity")["Days_Open__c"] == 16.0
    assert first.row("Opportunity").stamp == second.row("Opportunity").stamp


def test_days_open_stop_at_the_closing() -> None:
    assert Crm(life(big_deal(stage=WON))).one("Opportunity")["Days_Open__c"] == 67.0


def test_a_deleted_opportunity_takes_its_children_and_moves_every_stamp() -> None:
    gone = LATER - timedelta(days=3)
    crm = Crm(life(*customer(), big_deal(deleted_at=gone, lines=[line()])))
    rows = [row for row in crm.rows if row.object.startswith("Opportunity")]
    assert len(rows) == 5
    assert {(row.is_deleted, row.deleted_at, row.stamp, row.purged) for row in rows} == {
        (1, milliseconds(gone), milliseconds(gone), 0)
    }


def test_the_recycle_bin_lets_go_after_fifteen_days() -> None:
    gone = LATER - timedelta(days=15)
    shown = life(big_deal(deleted_at=gone))
    assert {row.purged for row in Crm(shown).rows} == {1}
    assert {row.purged for row in Crm(shown, LATER - timedelta(seconds=1)).rows} == {0}


def test_a_restored_opportunity_is_back_with_a_new_stamp() -> None:
    deleted, restored = at("2025-07-01 10:00:00"), at("2025-07-03 10:00:00")
    crm = Crm(life(*customer(), big_deal(deleted_at=deleted, restored_at=restored)))
    rows = [row for row in crm.rows if row.object.startswith("Opportunity")]
    assert {(row.is_deleted, row.stamp) for row in rows} == {(0, milliseconds(restored))}


def test_a_merged_account_names_its_master_and_hands_over_its_children() -> None:
    merged = LATER - timedelta(days=1)
    loser = company(key=COMPANY + 500, salesforce_at=BORN, deleted_at=merged, merged_into=COMPANY)
    contact = person(company_key=COMPANY + 500, salesforce_contact_at=BORN)
    crm = Crm(life(company(salesforce_at=BORN), loser, contact))
    winner = salesforce_id("001", COMPANY)
    assert [row["MasterRecordId"] for row in crm.all("Account")] == [None, winner]
    assert crm.one("Contact")["AccountId"] == winner
    assert crm.row("Contact").stamp == milliseconds(merged)
    assert crm.row("Account").stamp == milliseconds(merged)


def test_a_converted_lead_names_what_it_became() -> None:
    converted = at("2025-03-11 01:00:00")  # the 10th where the business is
    shown = life(
        company(salesforce_at=converted),
        person(salesforce_lead_at=BORN, salesforce_contact_at=converted, converted_deal_key=DEAL),
        big_deal(salesforce_at=converted),
    )
    values = Crm(shown).one("Lead")
    assert values["IsConverted"] is True
    assert values["ConvertedDate"] == "2025-03-10"
    assert values["ConvertedContactId"] == salesforce_id("003", PERSON)
    assert values["ConvertedAccountId"] == salesforce_id("001", COMPANY)
    assert values["ConvertedOpportunityId"] == salesforce_id("006", DEAL)
    before = Crm(shown, converted - timedelta(seconds=1)).one("Lead")
    assert (before["IsConverted"], before["ConvertedDate"]) == (False, None)
    assert Crm(shown).row("Lead").stamp == milliseconds(converted)


def test_contact_roles_wait_for_the_link() -> None:
    linked = at("2025-09-01 09:00:00")
    shown = life(*customer(), big_deal(contact_linked_at=linked))
    assert Crm(shown, linked - timedelta(seconds=1)).all("OpportunityContactRole") == []
    role = Crm(shown).one("OpportunityContactRole")
    assert (role["IsPrimary"], role["CreatedDate"]) == (True, "2025-09-01T09:00:00.000+0000")


def test_a_line_has_prices_before_and_after_discount() -> None:
    values = Crm(life(big_deal(lines=[line()]))).one("OpportunityLineItem")
    shown = [values[n] for n in ("Quantity", "UnitPrice", "Subtotal", "Discount", "TotalPrice")]
    assert shown == [3.0, 100.0, 300.0, 10.0, 270.0]


def test_address_is_an_object_of_its_parts() -> None:
    values = Crm(life(*customer())).one("Account")
    assert values["BillingAddress"]["city"] == values["BillingCity"] == "Curitiba"
    assert values["BillingCountry"] == "Brazil"
