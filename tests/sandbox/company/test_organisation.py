"""The organisation covers every month of the story, and is the same for a seed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sandbox.company.dates import (
    DEFAULT_NOW,
    PLANNED_UNTIL,
    STORY_START,
    add_months,
    business_day,
    local,
    midnight,
    months_between,
    working,
)
from sandbox.company.org import list_price, organisation
from sandbox.company.pipelines import PIPELINES, SALESFORCE_PIPELINE, SYNCED, mirror_stage

_ORG = organisation(7)
_MONTHS = months_between(business_day(STORY_START), PLANNED_UNTIL)


def test_a_seed_gives_one_organisation() -> None:
    organisation.cache_clear()
    assert repr(organisation(7)) == repr(_ORG)
    assert repr(organisation(8)) != repr(_ORG)


def test_every_month_has_one_rate_per_currency() -> None:
    for currency in ("BRL", "MXN", "EUR"):
        rates = [rate for rate in _ORG.rates if rate.currency == currency]
        assert [rate.starts_on for rate in rates][1:] == _MONTHS
        units = [rate.units_per_usd for rate in rates]
        assert max(units) < 2 * min(units)
        assert all(each == each.quantize(Decimal("0.000001")) for each in units)


def test_a_target_is_entered_on_the_first_day_of_its_month() -> None:
    for target in _ORG.targets:
        first = target.amount.first()
        assert first is not None
        assert business_day(first[0]) == target.month
    places = [(target.rep_key, target.month) for target in _ORG.targets]
    assert len(set(places)) == len(places)


def test_only_those_who_are_employed_have_targets() -> None:
    reps = {rep.key: rep for rep in _ORG.reps}
    for target in _ORG.targets:
        rep = reps[target.rep_key]
        assert target.system in rep.systems
        assert business_day(rep.joined_at).replace(day=1) <= target.month
        assert rep.left_at is None or midnight(target.month) < rep.left_at


def test_hubspot_targets_are_in_the_portals_currency() -> None:
    assert {target.currency for target in _ORG.targets if target.system == "hubspot"} == {"USD"}


def test_people_join_and_leave_within_the_story() -> None:
    joined = [rep for rep in _ORG.reps if STORY_START < rep.joined_at < DEFAULT_NOW]
    left = [rep for rep in _ORG.reps if rep.left_at and rep.left_at < DEFAULT_NOW]
    assert (len(joined), len(left)) == (12, 5)


def test_a_channel_has_at_most_one_campaign_at_a_time() -> None:
    for channel in {campaign.channel for campaign in _ORG.campaigns}:
        spans = [(c.starts_on, c.ends_on) for c in _ORG.campaigns if c.channel == channel]
        ends = [end + timedelta(days=1) for _, end in spans]
        assert [start for start, _ in spans][1:] == ends[:-1]


def test_prices_of_the_price_book() -> None:
    starter = _ORG.products[0]
    prices = [list_price(starter, currency) for currency in ("USD", "BRL", "MXN", "EUR")]
    assert prices == [Decimal(text) for text in ("490.00", "2548.00", "8820.00", "465.50")]


def test_the_synced_pipeline_mirrors_salesforce() -> None:
    for stage in SALESFORCE_PIPELINE.stages:
        mirror = mirror_stage(stage.vendor_id)
        assert mirror in SYNCED.stages
        assert (mirror.probability, mirror.is_closed, mirror.is_won) == (
            stage.probability,
            stage.is_closed,
            stage.is_won,
        )
        assert mirror.label.at(DEFAULT_NOW) == stage.label.at(DEFAULT_NOW)


def test_orders_of_stages_rise_within_a_pipeline() -> None:
    for pipeline in PIPELINES:
        orders = [stage.order for stage in pipeline.stages]
        assert orders == sorted(set(orders))


def test_days_of_the_business() -> None:
    assert business_day(local(date(2025, 4, 30), 23, 59, 59)) == date(2025, 4, 30)
    assert local(date(2025, 4, 30), 0) == midnight(date(2025, 4, 30))
    assert midnight(date(2025, 1, 1)).isoformat() == "2025-01-01T03:00:00+00:00"
    saturday = local(date(2025, 5, 31), 10)
    assert working(saturday) == local(date(2025, 6, 2), 10)
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2025, 11, 15), 12) == date(2026, 11, 15)
