"""How much of a vendor's limit is used, how little of it is refused. The clock is a toy."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from ingestion.engine.pace import FOR_OTHERS, Pace
from ingestion.sources.hubspot.quota import CALLS
from sandbox.limits import Plan
from tests.ingestion.engine.simulated import PAUSE, Account

MINUTES = 60.0
PROFESSIONAL = Plan()
OAUTH = Plan(private_app=110)


def _steady(chance: random.Random) -> float:
    return chance.uniform(0.05, 0.3)


def _fast(chance: random.Random) -> float:
    return chance.uniform(0.002, 0.02)


@pytest.mark.parametrize("plan", [PROFESSIONAL, OAUTH], ids=["private app", "oauth"])
@pytest.mark.parametrize("latency", [_steady, _fast], ids=["steady", "fast"])
@pytest.mark.parametrize("seed", range(3))
def test_nearly_all_of_the_rate_is_used_and_nothing_refused(
    plan: Plan, latency: Callable[[random.Random], float], seed: int
) -> None:
    account = Account(plan, latency=latency, seed=seed).run(10 * MINUTES)
    assert account.used() >= 0.95
    assert account.refused <= 0.001
    assert account.fullest() <= plan.private_app


@pytest.mark.parametrize("seed", range(3))
def test_answers_that_stray_cost_few_refusals_and_teach_a_margin(seed: int) -> None:
    account = Account(
        PROFESSIONAL, workers=16, latency=lambda chance: chance.choice([0.02, 0.02, 2.5]), seed=seed
    ).run(10 * MINUTES)
    assert account.refused <= 0.01
    assert account.used() >= 0.8
    late = [taken for at, taken in account.arrivals if at > 5 * MINUTES]
    assert late.count(False) <= 5


@pytest.mark.parametrize("foreign", [5.0, 12.0])
def test_what_another_program_uses_is_left_to_it(foreign: float) -> None:
    account = Account(PROFESSIONAL, foreign_per_second=foreign).run(10 * MINUTES)
    left = PROFESSIONAL.private_app - round(foreign * 10)
    assert account.refused <= 0.01
    assert 0.8 <= account.used(of=left) <= 1.0


def test_refusals_alone_tell_of_another_program_as_well() -> None:
    """Where no answer says how much is left, a refusal lowers the rate for a while."""
    account = Account(PROFESSIONAL, foreign_per_second=5.0, tells_remaining=False)
    account.run(10 * MINUTES)
    assert account.refused <= 0.01
    assert account.used(of=140) >= 0.6


def test_after_a_refusal_the_workers_do_not_come_back_as_a_herd() -> None:
    now = [0.0]
    pace = Pace(clock=lambda: now[0])
    pace.limit(CALLS, 190, 10)
    tickets = [pace.ask((CALLS,))[0] for _ in range(20)]
    now[0] = 1.0
    for ticket in tickets:
        assert ticket is not None
        pace.done(ticket)
        # Those under way were refused together: that is one lesson, not twenty.
        pace.refused(ticket, PAUSE)
    assert pace.ask((CALLS,)) == (None, pytest.approx(PAUSE))
    now[0] = 1.0 + PAUSE
    first, _ = pace.ask((CALLS,))
    second, delay = pace.ask((CALLS,))
    assert first is not None
    assert second is None
    assert delay == pytest.approx(10 / (190 * 0.7), rel=0.01)
    now[0] += 100.0
    assert all(pace.ask((CALLS,))[0] is not None for _ in range(190))


def test_a_refusal_holds_back_its_own_kind_of_request() -> None:
    now = [0.0]
    pace = Pace(clock=lambda: now[0])
    pace.limit(CALLS, 190, 10)
    pace.limit("searches", 1, 0.25)
    ticket, _ = pace.ask(("searches",))
    assert ticket is not None
    pace.refused(ticket, 1.0)
    assert pace.ask((CALLS,))[0] is not None
    assert pace.ask(("searches",)) == (None, pytest.approx(1.0))
    pace.pause(5.0)
    assert pace.ask((CALLS,)) == (None, pytest.approx(5.0))


def test_what_the_vendor_counts_beyond_ours_is_taken_off() -> None:
    now = [0.0]
    pace = Pace(clock=lambda: now[0])
    pace.limit(CALLS, 100, 10)
    pace.used(CALLS, 40)
    sent = 0
    while pace.ask((CALLS,))[0] is not None:
        sent += 1
    assert sent == 100 - round(40 * FOR_OTHERS)
    # Nobody has spoken of them for a whole window: they are gone.
    now[0] = 21.0
    assert all(pace.ask((CALLS,))[0] is not None for _ in range(100))


def test_searches_are_spread_evenly() -> None:
    now = [0.0]
    sent: list[float] = []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(clock=lambda: now[0], sleep=sleep)
    pace.limit("searches", 1, 1 / 4)
    for _ in range(40):
        ticket = pace.wait(("searches",))
        sent.append(now[0])
        now[0] += 0.02
        pace.done(ticket)
    gaps = [after - before for before, after in pairwise(sent)]
    assert min(gaps) >= 0.25
    assert sent[-1] <= 39 * 0.26


def test_only_so_many_calls_are_under_way_and_fewer_after_a_refusal() -> None:
    pace = Pace(clock=lambda: 0.0)
    pace.limit_at_once("long", 3)
    tickets = [pace.ask(("long",))[0] for _ in range(4)]
    assert [ticket is not None for ticket in tickets] == [True, True, True, False]
    assert tickets[0] is not None
    pace.done(tickets[0])
    pace.refused(tickets[0], 0.0)
    # Two were under way beside it: from now on one, so that the refusal is not repeated.
    assert pace.ask(("long",))[0] is None
    for ticket in tickets[1:3]:
        assert ticket is not None
        pace.done(ticket)
    assert pace.ask(("long",))[0] is not None
    assert pace.ask(("long",))[0] is None


def test_a_ceiling_of_the_customer_s_own_is_not_lifted() -> None:
    pace = Pace(clock=lambda: 0.0, ceilings={CALLS: 50})
    pace.limit(CALLS, 190, 10)
    assert sum(pace.ask((CALLS,))[0] is not None for _ in range(100)) == 50
