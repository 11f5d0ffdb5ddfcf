"""Customers, satisfaction and service in small worlds, counted by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.oracle import customers, satisfaction, service
from tests.oracle.records import Contract, Order, Return, Survey, Ticket
from tests.oracle.tiny import Rows, at, calendar, won, world

JAN, FEB, MAR = "2025-01-01", "2025-02-01", "2025-03-01"


def test_a_purchase_makes_a_customer_for_a_year_and_a_contract_to_its_last_day() -> None:
    known = world([won(1, "2024-01-01", "2024-02-01")])
    known.contracts = [Contract(2, date(2025, 1, 10), date(2025, 2, 27))]
    portfolio = customers.portfolio(known)
    assert portfolio.is_active(1, date(2024, 2, 1))
    assert portfolio.is_active(1, date(2025, 1, 30))
    assert not portfolio.is_active(1, date(2025, 1, 31))
    assert portfolio.is_active(2, date(2025, 2, 27))
    rows = Rows(customers.rows(known, calendar()))
    assert rows.value("active_customers", "month", JAN) == 1
    assert rows.value("active_customers", "week", "2025-01-20") == 2
    assert rows["retention_rate", "month", JAN] == (0, 1, 0)
    assert rows["churn_rate_purchase", "month", JAN] == (1, 1, 1)
    assert rows["retention_rate_contract", "month", JAN] == (0, 0, None)
    assert rows["churn_rate_contract", "month", FEB] == (1, 1, 1)
    assert rows["portfolio_growth", "month", JAN] == (0, 1, 0)
    assert rows["portfolio_growth", "month", FEB] == (-1, 1, -1)


def test_net_revenue_retention_is_of_those_who_were_customers_a_year_ago() -> None:
    known = world(
        [
            won(1, "2023-01-01", "2024-01-10", "100"),
            won(2, "2023-01-01", "2024-06-10", "120"),
            won(3, "2023-01-01", "2024-06-10", "999", account=2),
        ]
    )
    rows = Rows(customers.rows(known, calendar()))
    # A year before 31 January 2025 (and 2024 had 366 days) only the first account was one.
    assert rows["net_revenue_retention", "month", JAN] == (120, 100, Decimal("1.2"))
    assert rows.n("net_revenue_retention", "month", JAN) == 1


def test_who_comes_back() -> None:
    known = world(
        [
            won(1, "2024-12-01", "2025-01-10"),
            won(2, "2024-12-01", "2025-01-20"),
            won(3, "2024-12-01", "2025-02-10"),
            won(4, "2024-12-01", "2025-02-10", account=2),
        ]
    )
    rows = Rows(customers.rows(known, calendar()))
    assert rows["repeat_customer_rate", "month", JAN] == (0, 1, 0)
    assert rows["repeat_customer_rate", "month", FEB] == (1, 2, Decimal("0.5"))
    assert rows["repeat_customer_rate_lifetime", "month", JAN] == (1, 1, 1)
    assert rows["repeat_customer_rate_lifetime", "quarter", JAN] == (1, 2, Decimal("0.5"))
    assert rows["days_between_purchases", "month", JAN] == (10, 1, 10)
    assert rows["days_between_purchases", "quarter", JAN] == (31, 2, Decimal("15.5"))


def test_lifetime_value_is_ticket_times_purchases_over_churn() -> None:
    known = world(
        [
            won(1, "2024-01-01", "2024-03-10", "500"),  # a customer a year ago, and lost since
            won(2, "2024-01-01", "2024-03-12", "500", account=2),
            won(3, "2024-01-01", "2025-01-10", "100", account=2),
            won(4, "2024-01-01", "2025-01-11", "300", account=2),
            won(5, "2024-01-01", "2025-01-12", None, account=2),
        ]
    )
    rows = Rows(customers.rows(known, calendar()))
    # 200 x 3 purchases of one account, half of the customers of a year ago are gone.
    assert rows["customer_lifetime_value", "month", MAR] == (600, Decimal("0.5"), 1200)
    assert rows.value("customer_lifetime_value", "month", MAR, "country", "MX") is None


def _answer(
    key: int, day: str, score: int, kind: str = "CSAT", *, person: int | None = 1, survey: str = "s"
) -> Survey:
    return Survey(key, survey, f"Survey {survey}", kind, Decimal(score), person, 1, at(day))


def test_the_last_answer_of_a_period_counts() -> None:
    known = world()
    known.surveys = [
        _answer(1, "2025-02-03", 1),
        _answer(2, "2025-02-20", 5),
        _answer(3, "2025-02-04", 2, survey="t"),
        _answer(4, "2025-02-05", 3, person=None),
        _answer(5, "2025-02-05", 4, person=None),
        _answer(6, "2025-02-03", 10, "NPS"),
        _answer(7, "2025-02-05", 0, "NPS", survey="t"),
        _answer(8, "2025-02-05", 9, "NPS", person=2),
        _answer(9, "2025-02-05", 8, "NPS", person=3),
    ]
    rows = Rows(satisfaction.rows(known, calendar()))
    assert rows["csat", "month", FEB] == (2, 4, Decimal("0.5"))
    assert rows["csat", "day", "2025-02-03"] == (0, 1, 0)
    assert rows["nps", "month", FEB] == (0, 3, 0)  # one for, one against, one neither
    assert rows["nps", "month", FEB, "country", "BR"][1] == 3


def test_answers_are_held_against_surveys_whose_sending_is_known() -> None:
    known = world()
    known.surveys = [_answer(1, "2025-02-03", 1), _answer(2, "2025-02-03", 1, survey="t")]
    known.surveys_sent = [("Survey s", date(2025, 2, 1), 4)]
    rows = Rows(satisfaction.rows(known, calendar()))
    assert rows["survey_response_rate", "month", FEB] == (1, 4, Decimal("0.25"))


def test_the_satisfied_who_buy_within_half_a_year() -> None:
    known = world([won(1, "2025-01-01", "2025-02-10")])
    known.surveys = [
        _answer(1, "2025-01-03", 1),
        _answer(2, "2025-01-20", 5),
        _answer(3, "2025-01-20", 3, person=2),
        _answer(4, "2025-02-10", 5, person=3),  # bought on that day, not after it
    ]
    rows = Rows(satisfaction.rows(known, calendar()))
    assert rows["satisfied_repurchase_rate_cohort", "month", JAN] == (1, 1, 1)
    assert rows["unsatisfied_repurchase_rate_cohort", "month", JAN] == (1, 1, 1)
    assert rows["satisfied_repurchase_rate_cohort", "month", FEB] == (0, 1, 0)


def _ticket(
    key: int, opened: str, replied: str | None, closed: str | None, category: str = "question"
) -> Ticket:
    return Ticket(
        key,
        category,
        1,
        at(opened),
        at(replied) if replied else None,
        at(closed) if closed else None,
        "hubspot",
    )


def test_tickets_are_answered_and_closed() -> None:
    known = world([won(1, "2025-01-01", "2025-01-10")])
    known.tickets = [
        _ticket(1, "2025-01-31 22:00", "2025-02-01 01:00", "2025-02-03 22:00", "complaint"),
        _ticket(2, "2025-02-01", "2025-01-31", None),  # answered before it was asked
        _ticket(3, "2025-02-10", None, "2025-03-01"),
    ]
    rows = Rows(service.rows(known, calendar()))
    assert rows["first_response_hours", "month", JAN] == (3, 1, 3)
    assert rows["first_response_hours", "month", FEB] == (0, 0, None)
    assert rows["resolution_hours", "month", FEB] == (72, 1, 72)
    assert rows["resolution_hours_median", "month", MAR][2] == 456
    assert rows.value("ticket_backlog", "month", JAN) == 1
    assert rows.value("ticket_backlog", "month", FEB) == 2  # closed at its very end
    assert rows.value("ticket_backlog", "month", MAR) == 1
    assert rows["complaint_rate", "month", JAN] == (1, 1, 1)
    assert rows["complaint_rate", "month", FEB] == (0, 1, 0)


def _order(key: int, day: str, amount: str, original: int | None = None) -> Order:
    is_return = original is not None
    return Order(
        key, str(key), 1, date.fromisoformat(day), Decimal(amount), "BRL", is_return, original
    )


def test_returns_are_of_the_orders_that_were_sold() -> None:
    known = world()
    known.orders = [
        _order(1, "2025-01-10", "1000"),
        _order(2, "2025-01-11", "1000"),
        _order(3, "2025-02-01", "-400", original=1),
        _order(4, "2025-02-02", "-200", original=1),
        _order(5, "2025-01-12", "2000"),
    ]
    known.returns = [
        Return("5", date(2025, 2, 1), Decimal("30"), "USD"),
        Return("1", date(2025, 2, 1), Decimal("80"), "USD"),  # the CRM has it already
        Return("6", date(2025, 2, 1), Decimal("30"), "USD"),  # of an order that nobody has
        Return("2", date(2025, 3, 15), Decimal("30"), "USD"),  # tomorrow
    ]
    rows = Rows(service.rows(known, calendar()))
    assert rows["return_rate", "month", JAN] == (2, 3, Decimal("0.6666666667"))
    # 600 reais came back at 0.25 and 30 dollars, of 4000 reais sold at 0.20.
    assert rows["return_value_rate", "month", JAN] == (180, 800, Decimal("0.225"))
    assert rows["return_rate", "month", FEB] == (0, 0, None)
