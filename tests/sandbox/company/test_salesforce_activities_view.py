"""What Salesforce shows of tasks, events, cases, contracts and orders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sandbox.company.identity import salesforce_id
from sandbox.company.model import Contract, Order, Ticket, Timeline
from tests.sandbox.company.handmade import (
    BIG_SELLER,
    BORN,
    COMPANY,
    DEAL,
    PERSON,
    Crm,
    activity,
    at,
    big_deal,
    customer,
    life,
    line,
    milliseconds,
    person,
)


def test_activities_of_a_lead_move_to_its_contact() -> None:
    converted = at("2025-03-11 01:00:00")
    shown = life(
        person(salesforce_lead_at=BORN, salesforce_contact_at=converted),
        activity(system="salesforce", completed_at=BORN),
    )
    before, after = Crm(shown, converted - timedelta(seconds=1)), Crm(shown)
    assert before.one("Task")["WhoId"] == salesforce_id("00Q", PERSON)
    assert after.one("Task")["WhoId"] == salesforce_id("003", PERSON)
    assert after.row("Task").stamp == milliseconds(converted)


@pytest.mark.parametrize(
    ("kind", "subtype"), [("call", "Call"), ("email", "Email"), ("task", "Task")]
)
def test_task_subtypes(kind: str, subtype: str) -> None:
    shown = Crm(life(activity(kind=kind, system="salesforce", completed_at=BORN)))
    assert shown.one("Task")["TaskSubtype"] == subtype


def test_a_task_is_closed_at_the_instant_it_is_done() -> None:
    done = BORN + timedelta(days=2)
    shown = life(activity(kind="task", system="salesforce", completed_at=done))
    before, after = Crm(shown, done - timedelta(seconds=1)), Crm(shown, done)
    assert (before.one("Task")["IsClosed"], before.one("Task")["CompletedDateTime"]) == (
        False,
        None,
    )
    assert after.one("Task")["CompletedDateTime"] == "2025-03-05T12:00:00.000+0000"
    assert after.row("Task").stamp == milliseconds(done)


def test_old_closed_tasks_are_archived_without_a_new_stamp() -> None:
    shown = life(activity(kind="task", system="salesforce", completed_at=BORN))
    young, old = Crm(shown, BORN + timedelta(days=365)), Crm(shown, BORN + timedelta(days=366))
    assert [crm.one("Task")["IsArchived"] for crm in (young, old)] == [False, True]
    assert young.row("Task").stamp == old.row("Task").stamp


def test_an_old_open_task_is_not_archived() -> None:
    shown = Crm(life(activity(kind="task", system="salesforce")))
    assert shown.one("Task")["IsArchived"] is False


def test_a_meeting_that_did_not_happen_is_deleted_when_it_is_over() -> None:
    end = BORN + timedelta(days=1)
    meeting = activity(
        kind="meeting", system="salesforce", scheduled_at=end, ends_at=end, outcome="no_show"
    )
    assert Crm(life(meeting), end - timedelta(seconds=1)).row("Event").is_deleted == 0
    assert Crm(life(meeting), end).row("Event").deleted_at == milliseconds(end)


def test_an_invitee_has_a_copy_marked_as_child() -> None:
    meeting = activity(key=1210, kind="meeting", system="salesforce", completed_at=BORN)
    assert [row["IsChild"] for row in Crm(life(meeting)).all("Event")] == [False, True]


def test_a_contract_ends_on_its_last_day_or_on_the_day_it_is_given_up() -> None:
    ended = at("2025-12-10 14:00:00")
    contract = Contract(1501, COMPANY, DEAL, date(2025, 6, 1), 12, BORN, ended)
    shown = life(*customer(), contracts=[contract])
    assert Crm(shown, ended - timedelta(seconds=1)).one("Contract")["EndDate"] == "2026-05-31"
    assert Crm(shown).one("Contract")["EndDate"] == "2025-12-10"
    assert Crm(shown).row("Contract").stamp == milliseconds(ended)


def test_a_return_is_a_negative_order_that_names_the_original() -> None:
    sold = Order(1601, COMPANY, DEAL, None, date(2025, 6, 1), BORN, [line(key=1701)])
    back = Order(1602, COMPANY, DEAL, None, date(2025, 7, 1), BORN, [line(key=1702)], returns=1601)
    crm = Crm(life(*customer(), big_deal(), orders=[sold, back]))
    assert [row["TotalAmount"] for row in crm.all("Order")] == [270.0, -270.0]
    assert crm.all("Order")[1]["OriginalOrderId"] == salesforce_id("801", 1601)
    assert crm.all("Order")[1]["IsReductionOrder"] is True
    assert [row["Quantity"] for row in crm.all("OrderItem")] == [3.0, -3.0]


def test_a_case_reopened_has_no_closing_date() -> None:
    hours = [BORN + timedelta(hours=hour) for hour in range(3)]
    status = Timeline((hours[0], "new"), (hours[1], "closed"), (hours[2], "waiting"))
    ticket = Ticket(
        key=1301, system="salesforce", subject="Broken", body="", category="incident",
        priority="high", company_key=COMPANY, person_key=None, owner_key=BIG_SELLER,
        opened_at=BORN, first_reply_at=None, status=status,
    )  # fmt: skip
    closed = Crm(life(tickets=[ticket]), hours[1]).one("Case")
    assert (closed["IsClosed"], closed["ClosedDate"]) == (True, "2025-03-03T13:00:00.000+0000")
    opened = Crm(life(tickets=[ticket])).one("Case")
    assert (opened["Status"], opened["ClosedDate"]) == ("Working", None)
