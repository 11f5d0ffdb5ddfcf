"""Sales, products and pipeline in worlds of a few deals, counted by hand."""

from __future__ import annotations

from decimal import Decimal

from tests.oracle import pipeline, products, sales
from tests.oracle.records import Line, Order
from tests.oracle.tiny import (
    FIRST,
    LOST,
    NEW,
    OFFER,
    RETIRED,
    Rows,
    at,
    calendar,
    deal,
    lost,
    person,
    version,
    won,
    world,
)

JAN, FEB, MAR = "2025-01-01", "2025-02-01", "2025-03-01"


def test_won_and_lost_of_a_month() -> None:
    deals = [
        won(1, "2025-01-05", "2025-02-03", "100", coupon="X"),
        won(2, "2025-01-06", "2025-02-04", "1000", currency="BRL", account=2),
        won(3, "2025-01-07", "2025-02-28 23:30", None),  # 1 March in UTC
        won(4, "2025-01-07", "2025-02-28", "-20"),
        lost(5, "2025-01-08", "2025-02-05", "50"),
    ]
    rows = Rows(sales.rows(world(deals), calendar()))
    assert rows["deals_won", "month", FEB] == (4, None, 4)
    assert rows["sales_amount", "month", FEB] == (330, None, 330)  # 100 + 250 - 20
    assert rows.n("sales_amount", "month", FEB) == 3
    assert rows["deals_won_without_amount", "month", FEB] == (2, None, 2)
    assert rows["lost_amount", "month", FEB] == (50, None, 50)
    assert rows["win_rate", "month", FEB] == (4, 5, Decimal("0.8"))
    assert rows["win_rate_amount", "month", FEB] == (350, 400, Decimal("0.875"))
    assert rows["average_deal_size", "month", FEB] == (350, 2, 175)
    assert rows["average_deal_size_median", "month", FEB] == (None, None, 175)
    assert rows["coupon_share", "month", FEB] == (1, 4, Decimal("0.25"))
    assert rows["win_rate", "month", MAR] == (0, 0, None)
    assert rows.value("deals_won", "month", FEB, "country", "MX") == 1
    assert rows.value("deals_won", "day", "2025-02-28") == 2
    assert rows.value("deals_won", "week", "2025-02-24") == 2


def test_a_deal_without_a_rate_counts_and_adds_no_money() -> None:
    deals = [won(1, "2025-01-05", "2025-02-03", "100", currency="JPY")]
    rows = Rows(sales.rows(world(deals), calendar()))
    assert rows["deals_won", "month", FEB] == (1, None, 1)
    assert rows["sales_amount", "month", FEB] == (0, None, 0)
    assert rows.n("sales_amount", "month", FEB) == 0


def test_who_bought_first_and_who_came_back() -> None:
    deals = [
        won(1, "2025-01-01", "2025-01-10", "100"),
        won(2, "2025-01-05", "2025-02-03", "300", deal_type="expansion"),
        won(3, "2025-01-05", "2025-02-04", "500", deal_type="renewal"),
        won(4, "2025-01-05", "2025-02-05", "200", account=2),
        won(5, "2025-01-05", "2025-02-05", "1000", account=None),
    ]
    rows = Rows(sales.rows(world(deals), calendar()))
    assert rows.values("new_customers", "total", "month") == {
        (JAN, "total"): 1, (FEB, "total"): 1, (MAR, "total"): 0
    }  # fmt: skip
    assert rows.value("new_customers", "month", FEB, "country", "MX") == 1
    assert rows["expansion_share", "month", FEB] == (300, 2000, Decimal("0.15"))


def test_two_purchases_of_one_day_are_one_beginning() -> None:
    deals = [
        won(1, "2025-01-01", "2025-02-03 12:00", "100"),
        won(2, "2025-01-01", "2025-02-03 11:00", "40", deal_type="renewal"),
    ]
    rows = Rows(sales.rows(world(deals), calendar()))
    assert rows.value("new_customers", "month", FEB, "deal_type", "renewal") == 1
    assert not rows.has("new_customers", "month", FEB, "deal_type", "new")
    assert rows.value("expansion_share", "month", FEB) == 0


def test_the_owner_of_the_closing_is_credited_and_the_campaign_of_the_first_touch() -> None:
    steps = [version("2025-01-05", NEW, owner="Ana"), version("2025-02-03", LOST, owner="Bea")]
    steps.append(version("2025-02-20", LOST, close_on="2025-02-03", owner="Ana"))
    known = world(
        [deal(1, *steps, people=[7], campaign="Fair")],
        people=[person(7, "2025-01-01", campaign="Mail")],
    )
    rows = Rows(sales.rows(known, calendar()))
    assert rows.values("deals_lost", "owner", "month") == {(FEB, "Bea"): 1}
    assert rows.values("deals_lost", "team", "month") == {(FEB, "South"): 1}
    assert rows.values("deals_lost", "campaign", "month") == {(FEB, "Mail"): 1}


def _line(product: str, quantity: int, price: str | None, net: str) -> Line:
    listed = None if price is None else Decimal(price)
    return Line(product, f"{product} family", Decimal(quantity), listed, Decimal(net))


def test_discounts_units_and_returns() -> None:
    lines = [_line("A", 2, "100", "150"), _line("B", 1, None, "40")]
    more = [_line("A", 1, "100", "100")]
    known = world(
        [
            won(1, "2025-01-05", "2025-02-03", lines=lines),
            won(2, "2025-01-05", "2025-02-04", lines=more, account=2),
            won(3, "2025-01-05", "2025-02-04", lines=more, account=None),
        ]
    )
    back = _line("A", -1, None, "-100")
    known.orders = [
        Order(9, "9", 1, FIRST.replace(month=2, day=9), Decimal(-100), "USD", True, 8, (back,))
    ]
    rows = Rows(products.rows(known, calendar()))
    assert rows["discount_rate", "month", FEB] == (50, 400, Decimal("0.125"))
    assert rows["discount_rate", "month", FEB, "product", "A"] == (50, 400, Decimal("0.125"))
    assert rows["lines_without_list_price", "month", FEB] == (1, None, 1)
    assert rows["units_per_customer", "month", FEB] == (4, 2, 2)  # 2 + 1 + 1 + 1 - 1
    assert rows["units_per_customer", "month", FEB, "product", "A"] == (3, 2, Decimal("1.5"))
    assert rows["units_per_customer", "month", FEB, "country", "MX"] == (1, 1, 1)


def test_pairs_need_enough_deals() -> None:
    both = [_line("A", 1, "1", "1"), _line("B", 1, "1", "1")]
    deals = [won(n, "2025-01-05", "2025-02-03", lines=both) for n in range(4)]
    deals.append(won(9, "2025-01-05", "2025-02-03", lines=both[:1]))
    rows = Rows(products.rows(world(deals), calendar()))
    pairs = rows.values("attach_rate", "product_pair", "quarter")
    assert pairs == {(JAN, "A > B"): Decimal("0.8")}  # B stands in four deals only


def test_what_is_open_at_the_end_of_a_month_is_as_it_was_then() -> None:
    steps = (
        version("2025-01-10", NEW, "1000"),
        version("2025-01-31 12:00", OFFER, "2000", owner="Bea"),
        version("2025-03-01", LOST, "2000", owner="Bea"),
        version("2025-03-05", RETIRED, "500", owner="Bea"),
    )
    rows = Rows(pipeline.rows(world([deal(1, *steps, currency="BRL")]), calendar()))
    assert rows["open_pipeline", "month", JAN] == (400, None, 400)
    assert rows.value("open_pipeline", "day", "2025-01-30") == 200
    # Lost at the very midnight in which February ends: until then it was open.
    assert rows["open_pipeline", "month", FEB] == (500, None, 500)
    assert rows.value("open_pipeline_count", "day", "2025-03-01") == 0
    assert rows["open_pipeline", "month", MAR] == (125, None, 125)
    assert rows["weighted_pipeline", "month", FEB] == (300, None, 300)
    assert rows.n("weighted_pipeline", "month", MAR) == 0
    assert rows.values("open_pipeline_count", "owner", "month") == {
        (JAN, "Bea"): 1, (FEB, "Bea"): 1, (MAR, "Bea"): 1
    }  # fmt: skip
    assert rows.value("open_pipeline_count", "day", "2025-01-30", "owner", "Ana") == 1


def test_what_was_begun_has_its_first_owner_and_its_first_known_amount() -> None:
    steps = (
        version("2025-01-31 23:30", NEW, None, owner="Ana"),
        version("2025-02-10", NEW, "1000", owner="Bea"),
        version("2025-02-11", NEW, "9000", owner="Bea"),
    )
    late = version("2025-03-14 12:00", NEW)  # at the clock itself
    assert late[0] == at("2025-03-14 12:00")
    rows = Rows(pipeline.rows(world([deal(1, *steps, currency="BRL"), deal(2, late)]), calendar()))
    assert rows["pipeline_created", "month", JAN, "owner", "Ana"] == (200, None, 200)
    assert rows.value("pipeline_created_count", "month", MAR) == 0
