"""A schedule: what happens, in order, as plain values that can be printed, replayed and shortened."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal

from sandbox.faults import Fault, parse_fault
from tests.chaos.world import DAY, HOUR, MINUTE

Source = Literal["hubspot", "salesforce"]


@dataclass(frozen=True)
class Wait:
    """Time passes at the vendor, with deeds in it."""

    seed: str
    milliseconds: int
    deeds: int


@dataclass(frozen=True)
class Rule:
    """A fault, in the words of the sandbox."""

    kind: str
    path: str
    after: int
    times: int
    status: int | None = None
    policy: str | None = None
    seconds: float | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def fault(self) -> Fault:
        given = {name: getattr(self, name) for name in ("status", "policy", "seconds")}
        rule = {"kind": self.kind, "path": self.path, "after": self.after, "times": self.times}
        rule |= {name: value for name, value in given.items() if value is not None}
        return parse_fault(rule | {"headers": dict(self.headers)})


@dataclass(frozen=True)
class Death:
    """The pulling process ends: by a signal, at its n-th request or its n-th call into the system."""

    signal: Literal["SIGKILL", "SIGTERM"]
    at: Literal["request", "call"]
    number: int


@dataclass(frozen=True)
class Pull:
    """A pull, and what goes wrong while it runs.

    `during` are deeds between two requests: before the n-th, so many. `room` limits the size of a
    file, as a full disk would. From the `outage`-th request on the server is gone; at the
    `expiry`-th the tokens end.
    """

    seed: str
    mode: str
    entities: tuple[str, ...]
    workers: int = 1
    days_back: int | None = None
    during: tuple[tuple[int, int], ...] = ()
    rules: tuple[Rule, ...] = ()
    death: Death | None = None
    room: int | None = None
    outage: int | None = None
    expiry: int | None = None
    is_loaded: bool = True
    is_bulk: bool = False


@dataclass(frozen=True)
class Trouble:
    """Something happens to the files between two pulls."""

    kind: Literal["warehouse_damaged", "page_damaged", "warehouse_held", "rebuild"]
    seed: str


Step = Wait | Pull | Trouble


@dataclass(frozen=True)
class Schedule:
    seed: str
    source: Source
    is_oauth: bool
    entities: tuple[str, ...]
    steps: tuple[Step, ...] = field(default=())


_PATHS = {
    "hubspot": (
        "/objects/.*/deals$", "/objects/.*/contacts$", "/objects/.*/companies$", "/search$",
        "/batch/read$", "/associations/", "/properties/", "/account-info/", "/owners", "/pipelines",
        "/objects/", "/oauth/",
    ),
    "salesforce": (
        "/queryAll", "/query/", "/query", "/limits", "/composite", "/jobs/query", "/results",
        "/services/data", "/oauth2/token",
    ),
}  # fmt: skip
# Whose pages may come twice: another question's answer is no repetition.
_LISTINGS = {
    "hubspot": ("/objects/[^/]*/deals$", "/objects/[^/]*/contacts$", "/deals/search$"),
    "salesforce": ("/query/",),
}
_STATUSES = {
    "hubspot": (
        400,
        401,
        403,
        404,
        414,
        423,
        429,
        429,
        429,
        477,
        500,
        502,
        503,
        504,
        521,
        524,
        530,
    ),
    "salesforce": (400, 401, 403, 404, 406, 420, 429, 500, 502, 503),
}
_KINDS = {
    "status": 8, "html": 2, "cut": 3, "malformed": 3, "drop": 3, "slow": 1, "expired_token": 2,
    "duplicate_page": 3, "broken_gzip": 2, "cut_gzip": 2, "gzip_without_end": 2, "missing_page": 3,
    "looping_cursor": 2, "lost_cursor": 2, "clock_skew": 3, "failed_job": 1,
}  # fmt: skip


_FIRST = {"hubspot": ("deals", "deals", "contacts"), "salesforce": ("opportunities", "contacts")}


def make(seed: str, entities: dict[Source, tuple[str, ...]]) -> Schedule:
    chance = random.Random(seed)
    source: Source = chance.choice(("hubspot", "salesforce"))
    # Some are enough for one schedule, and take less time than all.
    first = chance.choice(_FIRST[source])
    others = sorted(set(entities[source]) - {first})
    chosen = (first, *chance.sample(others, 2))
    steps: list[Step] = [_pull(f"{seed}/first", source, chosen, chance, is_first=True)]
    for number in range(chance.randint(1, 4)):
        name = f"{seed}/{number}"
        if chance.random() < 0.85:
            steps.append(_wait(f"{name}w", chance))
        if chance.random() < 0.15:
            steps.append(_trouble(f"{name}t", chance))
        steps.append(_pull(f"{name}p", source, chosen, chance))
    return Schedule(seed, source, chance.random() < 0.5, chosen, tuple(steps))


def _wait(seed: str, chance: random.Random) -> Wait:
    time = chance.choice((MINUTE, 20 * MINUTE, 5 * HOUR, DAY, 9 * DAY))
    return Wait(seed, chance.randint(1, time), chance.choice((0, 1, 3, 8, 20)))


def _trouble(seed: str, chance: random.Random) -> Trouble:
    return Trouble(
        chance.choice(("warehouse_damaged", "page_damaged", "warehouse_held", "rebuild")),
        seed,
    )


def _pull(
    seed: str,
    source: Source,
    entities: tuple[str, ...],
    chance: random.Random,
    *,
    is_first: bool = False,
) -> Pull:
    modes = ("incremental",) * 6 + ("full", "sweep", "backfill")
    mode = "incremental" if is_first else chance.choice(modes)
    every = is_first or chance.random() < 0.4
    chosen = entities if every else tuple(chance.sample(entities, chance.randint(1, 2)))
    during = [
        (chance.randint(2, 25), chance.choice((1, 2, 5))) for _ in range(chance.randint(0, 3))
    ]
    rules = [_rule(source, chance) for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))]
    death = None
    if chance.random() < 0.15:
        at: Literal["request", "call"] = chance.choice(("request", "call", "call"))
        number = chance.randint(1, 30) if at == "request" else chance.randint(1, 500)
        death = Death(chance.choice(("SIGKILL", "SIGKILL", "SIGTERM")), at, number)
    return Pull(
        seed=seed,
        mode=mode,
        entities=chosen,
        workers=chance.randint(1, 4),
        days_back=chance.randint(1, 40) if mode == "backfill" else None,
        during=tuple(sorted(during)),
        rules=tuple(rules),
        death=death,
        room=chance.choice((3_000, 100_000, 1_000_000)) if chance.random() < 0.06 else None,
        outage=chance.randint(1, 15) if chance.random() < 0.05 else None,
        expiry=chance.randint(1, 20) if chance.random() < 0.1 else None,
        is_loaded=chance.random() < 0.9,
        is_bulk=chance.random() < 0.3,
    )


def _rule(source: Source, chance: random.Random) -> Rule:
    (kind,) = chance.choices(list(_KINDS), list(_KINDS.values()))
    path = chance.choice(_PATHS[source])
    status, policy, seconds = None, None, None
    headers: tuple[tuple[str, str], ...] = ()
    if kind == "duplicate_page":
        path = chance.choice(_LISTINGS[source])
    elif kind == "status":
        status = chance.choice(_STATUSES[source])
        if status == 429:
            policies = ("TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY")
            policy = chance.choice(policies) if source == "hubspot" else None
            headers = chance.choice(((), (("Retry-After", "3"),)))
    elif kind == "clock_skew":
        path = chance.choice(("/account-info/", "/limits", "."))
        seconds = chance.choice((-1, 1)) * chance.choice((90.0, 1_200.0, 7_200.0))
    elif kind == "slow":
        seconds = 0.02
    times = chance.choice((1, 1, 2, 4, 1_000))
    return Rule(kind, path, chance.randint(0, 6), times, status, policy, seconds, headers)
