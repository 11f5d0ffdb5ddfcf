"""Leads, activities, reps, targets and campaigns in small worlds, counted by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.oracle import activities, attainment, leads, marketing, people
from tests.oracle.records import Campaign, Contract, Spend, Target
from tests.oracle.tiny import (
    NEW,
    OFFER,
    Rows,
    activity,
    at,
    calendar,
    deal,
    lost,
    person,
    version,
    won,
    world,
)
from tests.oracle.working_days import working_days

JAN, FEB, MAR = "2025-01-01", "2025-02-01", "2025-03-01"


def test_what_became_of_the_leads_of_a_month() -> None:
    known = world(
        [
            won(1, "2025-02-02", "2025-02-20", people=[1]),
            won(2, "2025-01-02", "2025-01-30", people=[2]),  # won before the lead
            lost(3, "2025-02-10", "2025-02-20"),
        ],
        people=[
            person(1, "2025-02-01", qualified="2025-02-05"),
            person(2, "2025-02-28 23:30", qualified="2025-03-01"),
            person(3, "2025-02-03", account=None, owner=None),
            person(4, "2025-02-03", lead=False, qualified="2025-02-05"),
        ],
    )
    rows = Rows(leads.rows(known, calendar()))
    assert rows["leads_created", "month", FEB] == (3, None, 3)
    assert rows.value("leads_created", "month", FEB, "owner", "unknown") == 1
    assert rows.value("leads_created", "month", FEB, "country", "unknown") == 1
    assert rows["qualified_lead_rate", "month", FEB] == (2, 3, Decimal("0.6666666667"))
    assert rows["qualified_leads", "month", FEB] == (2, None, 2)  # the one who was no lead too
    assert rows["qualified_leads", "month", MAR] == (1, None, 1)
    assert rows["lead_to_opportunity_rate_cohort", "month", FEB][0] == 1
    assert rows["lead_conversion_rate_cohort", "month", FEB][0] == 1
    assert rows["qualified_lead_conversion_cohort", "month", FEB] == (1, 2, Decimal("0.5"))
    assert rows["qualified_lead_conversion_cohort", "month", MAR] == (0, 1, 0)


def test_an_answer_is_the_first_thing_that_reaches_the_lead() -> None:
    known = world(
        people=[person(1, "2025-02-03 10:00"), person(2, "2025-02-03 10:00")],
        activities=[
            activity(1, "2025-02-03 09:00", person=1),  # before there was a lead
            activity(2, "2025-02-03 10:05", "note", person=1),
            activity(3, "2025-02-03 10:10", "incoming_email", person=1),
            activity(4, "2025-02-03 11:30", "meeting", person=1),
            activity(5, "2025-02-03 11:00", "email", person=1),
            activity(6, None, person=2),
        ],
    )
    rows = Rows(leads.rows(known, calendar()))
    assert rows["lead_response_minutes", "month", FEB] == (60, 1, 60)
    assert rows["unanswered_lead_share", "month", FEB] == (1, 2, Decimal("0.5"))


def test_prospecting_is_work_with_people_who_have_bought_nothing() -> None:
    known = world(
        [won(1, "2025-01-01", "2025-02-10")],
        people=[person(1, "2025-01-01", qualified="2025-02-05")],
        activities=[
            activity(1, "2025-02-03", person=1, account=1),
            activity(2, "2025-02-09", "email", person=2, owner="Bea"),
            activity(3, "2025-02-10", person=1, account=1),  # a customer on that very day
            activity(4, "2025-02-03", person=1, account=1, deal=1),
            activity(5, "2025-02-03", account=1),
            activity(6, "2025-02-03", "task", person=1, account=1),
        ],
    )
    rows = Rows(leads.rows(known, calendar()))
    assert rows["prospecting_effectiveness", "month", FEB] == (1, 2, Decimal("0.5"))
    assert rows["prospecting_effectiveness", "month", FEB, "owner", "Bea"] == (0, 1, 0)


def test_working_days_leave_out_weekends_and_the_holidays_of_the_owners_country() -> None:
    known = world()
    known.countries = {"Ana": "BR"}
    week = (date(2025, 2, 17), date(2025, 2, 23))  # Presidents' Day is the Monday
    assert working_days(known, "Bea", *week) == 4
    assert working_days(known, "Ana", *week) == 5
    assert working_days(known, "Ana", date(2025, 2, 22), date(2025, 2, 23)) == 0
    assert working_days(known, "Ana", date(2025, 2, 23), date(2025, 2, 22)) == 0


def test_activities_per_working_day_is_by_the_days_of_those_who_did_something() -> None:
    known = world(
        activities=[
            *(activity(n, "2025-02-18", "note") for n in range(6)),
            activity(10, "2025-02-22", "task", owner="Bea"),  # a Saturday
            activity(11, "2025-02-19", "incoming_email"),
        ]
    )
    rows = Rows(activities.rows(known, calendar()))
    assert rows["activities_completed", "month", FEB] == (7, None, 7)
    assert rows["activities_per_working_day", "week", "2025-02-17"] == (7, 8, Decimal("0.875"))
    assert rows["activities_per_working_day", "week", "2025-02-17", "owner", "Ana"] == (
        6, 4, Decimal("1.5")
    )  # fmt: skip
    assert not rows.has("activities_per_working_day", "day", "2025-02-18", "total", "total")


def test_follow_ups_are_with_customers_or_on_open_deals() -> None:
    known = world(
        [
            won(1, "2025-01-01", "2025-02-10"),
            deal(2, version("2025-02-03", NEW), version("2025-02-20", OFFER), account=2),
        ],
        activities=[
            activity(1, "2025-02-10 08:00", account=1),
            activity(2, "2025-02-09", account=1),  # not yet a customer
            activity(3, "2025-02-02", account=2, deal=2),  # before the deal
            activity(4, "2025-02-03", "email", account=2, deal=2),
            activity(5, "2025-02-21", "meeting", account=1),
            activity(6, "2025-02-21", "note", account=1),
            activity(7, "2025-02-09", deal=1),
        ],
    )
    rows = Rows(activities.rows(known, calendar()))
    assert rows["follow_ups", "month", FEB] == (4, None, 4)
    assert rows["customers_followed_up", "month", FEB] == (2, None, 2)
    assert rows.value("customers_followed_up", "month", FEB, "activity_type", "email") == 1


def test_tasks_are_due_on_a_day() -> None:
    known = world(
        activities=[
            activity(1, "2025-02-10 20:00", "task", due="2025-02-10 09:00", created="2025-02-10 08:00"),
            activity(2, "2025-02-11", "task", due="2025-02-10 23:30", created="2025-02-11 01:00"),
            activity(3, None, "task", due="2025-02-12"),
            activity(4, None, "task", due="2025-03-14 13:00"),  # an hour after the clock
        ]
    )  # fmt: skip
    rows = Rows(activities.rows(known, calendar()))
    assert rows["task_on_time_rate", "month", FEB] == (1, 3, Decimal("0.3333333333"))
    assert rows["task_on_time_rate", "month", MAR] == (0, 0, None)
    assert rows["task_completion_hours", "month", FEB] == (12, 1, 12)  # the other is negative


def test_accounts_per_rep_and_who_takes_part() -> None:
    known = world(
        [won(1, "2025-01-01", "2025-01-10")],
        activities=[
            # Monday to Thursday of four working days, three things each: three days of four.
            *(activity(10 * d + n, f"2025-02-{d}") for d in (18, 19, 20) for n in range(3)),
            activity(900, "2025-02-21"),
            *(activity(1000 + n, "2025-02-22", owner="Bea") for n in range(9)),
        ],
    )
    known.contracts = [Contract(2, date(2025, 2, 1), date(2025, 2, 28))]
    rows = Rows(people.rows(known, calendar()))
    assert rows["accounts_per_rep", "month", JAN] == (1, 1, 1)
    assert rows["accounts_per_rep", "month", FEB] == (2, 2, 1)
    assert rows["participation_rate", "week", "2025-02-17"] == (0, 2, 0)
    known.activities += [activity(2000 + n, "2025-02-21") for n in range(2)]
    rows = Rows(people.rows(known, calendar()))
    assert rows["participation_rate", "week", "2025-02-17"] == (1, 2, Decimal("0.5"))
    assert rows["participation_rate", "week", "2025-02-17", "team", "North"] == (1, 1, 1)


def test_hygiene_is_what_is_missing_today() -> None:
    bad = deal(1, version("2025-02-12", NEW, None, close_on="2025-03-13"))
    good = deal(
        2, version("2025-02-13", NEW, "1", close_on="2025-03-14"), people=[1], next_step="Call"
    )
    touched = deal(3, version("2025-01-01", NEW, "1"), people=[1], next_step="Call")
    known = world([bad, good, touched], activities=[activity(1, "2025-02-13", deal=3)])
    assert people.defects(bad, date(2025, 3, 14), is_touched=False) == set(people.WEIGHTS)
    rows = Rows(people.rows(known, calendar()))
    assert rows["hygiene_score", "month", MAR] == (2, 3, Decimal("0.6666666667"))
    known.activities = [activity(1, "2025-02-12", deal=3)]  # thirty days ago is too long ago
    rows = Rows(people.rows(known, calendar()))
    assert rows["hygiene_score", "month", MAR][0] == Decimal("1.8")
    assert rows["hygiene_score", "month", FEB] == (0, 0, None)


def test_a_newcomer_is_measured_against_two_who_came_before() -> None:
    deals = [
        won(1, "2024-12-01", "2025-01-05", "100"),
        won(2, "2024-12-01", "2025-01-05", "300", owner="Bea"),
        won(3, "2024-12-01", "2025-02-05", "500", owner="Bea"),
        won(4, "2024-12-01", "2025-02-05", "50", owner="Cid"),
    ]
    rows = Rows(people.rows(world(deals), calendar()))
    assert rows["ramp_attainment", "month", FEB, "owner", "Cid"] == (50, 200, Decimal("0.25"))
    # In the second month of work Ana had 100 and Bea 800.
    assert rows["ramp_attainment", "month", MAR, "owner", "Cid"][1] == 450
    assert not rows.has("ramp_attainment", "month", FEB, "owner", "Bea")


def test_a_raised_target_asks_for_the_old_amount_on_its_days() -> None:
    known = world([won(1, "2025-01-01", "2025-03-05", "800")])
    known.targets = [
        Target(
            "Ana", date(2025, 3, 1), date(2025, 4, 1), Decimal(2100), "USD",
            later=((date(2025, 3, 17), Decimal(4200)),),
        ),
    ]  # fmt: skip
    rows = Rows(attainment.rows(known, calendar()))
    # Ten of the month's working days at 100, eleven at 200.
    assert rows["attainment", "month", MAR] == (800, 3200, Decimal("0.25"))


def test_attainment_is_of_the_months_with_a_target() -> None:
    known = world(
        [
            won(1, "2025-01-01", "2025-02-05", "300"),
            won(2, "2025-01-01", "2025-03-05", "500"),
            won(3, "2025-01-01", "2025-01-05", "900"),  # a month without a target
            deal(4, version("2025-03-01", NEW, "200", close_on="2025-03-20")),
            deal(5, version("2025-03-01", NEW, "200", close_on="2025-04-01")),
            deal(6, version("2025-03-01", NEW, "200", close_on="2025-03-20", owner="Bea")),
        ]
    )
    known.targets = [
        Target("Ana", date(2025, 2, 1), date(2025, 3, 1), Decimal(1600), "BRL"),
        Target("Ana", date(2025, 3, 1), date(2025, 4, 1), Decimal(2100), "USD"),
    ]
    rows = Rows(attainment.rows(known, calendar()))
    assert rows["target_amount", "month", FEB] == (400, None, 400)
    assert rows["attainment", "month", FEB] == (300, 400, Decimal("0.75"))
    assert rows["attainment", "quarter", JAN] == (800, 2500, Decimal("0.32"))
    assert rows["attainment", "month", JAN] == (0, 0, None)
    # Ten of the twenty-one working days of March are over.
    assert rows["attainment_to_date", "month", MAR] == (500, 1000, Decimal("0.5"))
    assert rows["pacing", "month", MAR] == (1050, 2100, Decimal("0.5"))
    assert rows["pipeline_coverage", "month", MAR] == (200, 1600, Decimal("0.125"))
    assert rows.value("pipeline_coverage", "month", JAN) is None


@pytest.mark.parametrize("ends_on", [date(2025, 3, 16), None])
def test_the_parts_of_a_campaigns_spend_are_its_total(ends_on: date | None) -> None:
    campaign = Campaign("Fair", date(2025, 3, 14), ends_on, Decimal("100"), "USD")
    spent = list(marketing.daily_spend(world(campaigns=[campaign]), calendar()))
    whole = [("Fair", date(2025, 3, 14), Decimal("33.33" if ends_on else "100"))]
    assert spent == whole
    later = calendar(at("2025-03-20"))
    parts = [amount for _, _, amount in marketing.daily_spend(world(campaigns=[campaign]), later)]
    assert sum(parts) == 100
    if ends_on:
        assert parts == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]


def test_what_campaigns_bring_and_cost() -> None:
    fair = Campaign("Fair", date(2025, 2, 1), date(2025, 2, 28), Decimal("280"), "USD")
    mail = Campaign("Mail", date(2025, 2, 1), date(2025, 2, 28), Decimal("9999"), "USD")
    known = world(
        [won(1, "2025-01-01", "2025-02-05", "600", people=[1])],
        people=[
            person(1, "2025-02-01", campaign="Fair"),
            person(2, "2025-02-02", campaign="Mail"),
            person(3, "2025-02-03"),
        ],
        campaigns=[fair, mail],
    )
    known.spend = [Spend("Mail", date(2025, 2, 9), Decimal("80"), "BRL")]  # 20 dollars
    rows = Rows(marketing.rows(known, calendar()))
    assert rows["campaign_roi", "month", FEB] == (300, 300, 1)
    assert rows["campaign_roi", "month", FEB, "campaign", "Mail"] == (-20, 20, -1)
    assert rows["cost_per_lead", "month", FEB] == (300, 3, 100)
    assert rows["customer_acquisition_cost", "month", FEB] == (300, 1, 300)
    assert rows["customer_acquisition_cost", "month", MAR] == (0, 0, None)


def test_visits_become_leads_where_visits_are_known() -> None:
    known = world(people=[person(1, "2025-02-01"), person(2, "2025-02-02")])
    known.sessions = [(date(2025, 2, 1), "social", 40), (date(2025, 2, 2), "email", 60)]
    rows = Rows(marketing.rows(known, calendar()))
    assert rows["sessions", "month", FEB] == (100, None, 100)
    assert rows["session_to_lead_rate", "month", FEB] == (1, 100, Decimal("0.01"))
    assert rows["session_to_lead_rate", "month", FEB, "lead_source", "email"] == (0, 60, 0)
