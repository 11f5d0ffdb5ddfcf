"""What HubSpot shows of activities, tickets and survey answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.company.model import Survey, Ticket, Timeline
from tests.sandbox.company.handmade import (
    BORN,
    COMPANY,
    DEAL,
    LATER,
    PERSON,
    SELLER,
    Portal,
    activity,
    company,
    deal,
    life,
    person,
)


@pytest.mark.parametrize(
    ("outcome", "completed", "shown"),
    [
        ("completed", True, "COMPLETED"),
        ("no_show", False, "NO_SHOW"),
        ("cancelled", False, "CANCELED"),
    ],
)
def test_a_meeting_tells_how_it_ended(outcome: str, completed: bool, shown: str) -> None:
    meeting = activity(
        kind="meeting",
        ends_at=BORN + timedelta(hours=1),
        completed_at=BORN if completed else None,
        outcome=outcome,
    )
    assert Portal(life(meeting)).values("meetings")["hs_meeting_outcome"] == shown


def test_a_meeting_ahead_is_scheduled() -> None:
    meeting = activity(kind="meeting", scheduled_at=LATER, ends_at=LATER, outcome="no_show")
    values = Portal(life(meeting), LATER - timedelta(days=1)).values("meetings")
    assert values["hs_meeting_outcome"] == "SCHEDULED"


def test_a_task_is_due_at_one_instant_and_done_at_another() -> None:
    done = BORN + timedelta(days=2)
    task = activity(kind="task", scheduled_at=BORN + timedelta(days=1), completed_at=done)
    values = Portal(life(task)).values("tasks")
    assert values["hs_timestamp"] == "2025-03-04T12:00:00.000Z"
    assert values["hs_task_completion_date"] == "2025-03-05T12:00:00.000Z"
    before = Portal(life(task), done - timedelta(seconds=1)).values("tasks")
    assert (before["hs_task_status"], before["hs_task_completion_date"]) == ("NOT_STARTED", None)


def test_an_incoming_mail_is_an_email_of_the_other_direction() -> None:
    mail = activity(kind="incoming_email", completed_at=BORN)
    values = Portal(life(person(), mail)).values("emails")
    assert values["hs_email_direction"] == "INCOMING_EMAIL"
    assert values["hs_email_from_email"] == "iara.prado@foz-clara.example"


def test_activities_are_linked_to_person_company_and_deal() -> None:
    portal = Portal(life(company(), person(), deal(), activity(deal_key=DEAL)))
    assert portal.links("calls", "contacts") == {194}
    assert portal.links("calls", "companies") == {182}
    assert portal.links("calls", "deals") == {206}


def test_a_reopened_ticket_has_an_empty_closing_and_all_its_history() -> None:
    hours = [BORN + timedelta(hours=hour) for hour in range(4)]
    ticket = Ticket(
        key=1301,
        system="hubspot",
        subject="Broken",
        body="",
        category="return",
        priority="high",
        company_key=COMPANY,
        person_key=PERSON,
        owner_key=SELLER,
        opened_at=BORN,
        first_reply_at=hours[1],
        status=Timeline((hours[0], "new"), (hours[1], "waiting"), (hours[2], "closed"), (hours[3], "waiting")),
    )  # fmt: skip
    shown = life(company(), person(), tickets=[ticket])
    closed = Portal(shown, hours[2]).values("tickets")
    assert (closed["time_to_close"], closed["time_to_first_agent_reply"]) == ("7200000", "3600000")
    portal = Portal(shown)
    assert portal.values("tickets")["closed_date"] == ""
    assert [value for _, value in portal.changes("hs_pipeline_stage")] == ["1", "2", "4", "2"]
    assert portal.links("tickets", "companies") == {26, 339}


def test_a_survey_answer_is_linked_to_person_and_ticket_types() -> None:
    answer = Survey(1401, "8102", "Support", "CSAT", 5, None, PERSON, None, BORN)
    portal = Portal(life(person(), surveys=[answer]))
    assert portal.values("feedback_submissions")["hs_value"] == "5"
    assert portal.links("feedback_submissions", "contacts") == {98}
