"""What would become of a pull: who we are to each source, which entities can be read, which not.

Everything here is asked of the descriptions: definitions by an entity's plan, rows by its count,
and where there is no count the first page of its extract.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Literal

from ingestion.engine import privacy, rules
from ingestion.engine.cache import Cache
from ingestion.engine.client import Client
from ingestion.engine.errors import (
    CredentialsError,
    IngestionError,
    QuotaError,
    SkippableError,
)
from ingestion.model import OWN_OBJECTS, Connection, Entity, Home, Plan, Pull, Source, Window
from ingestion.sources import SOURCES

SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError)
NAMED = 5  # fields that a remark names before it only counts


@dataclass(frozen=True)
class Finding:
    """What is to be expected of one entity."""

    entity: str
    status: Literal["readable", "left out", "failing"]
    rows: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """One source. `lack`: what to set, when it is not configured; `problem`: why it cannot be read."""

    source: str
    lack: str | None = None
    problem: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def is_configured(self) -> bool:
        return self.lack is None

    @property
    def can_be_read(self) -> bool:
        """Left out by rule is fine, as in a pull; failing is not, and neither is nothing at all."""
        statuses = {finding.status for finding in self.findings}
        return self.problem is None and "readable" in statuses and "failing" not in statuses


def check(source: Source, settings: Mapping[str, str], home: Home, *, workers: int = 4) -> Checked:
    """Ask the source; never an exception."""
    lack = source.missing(settings)
    if lack is not None:
        return Checked(source.name, lack=lack)
    checked = Checked(source.name)
    try:
        connection = source.connect({**settings, "SALES_HEARTBEAT_HOME": str(home.root)})
        with connection.open_client() as client:
            facts = dict(source.identify(client, settings)) if source.identify else {}
            facts.setdefault("clock", f"{connection.now:%Y-%m-%d %H:%M:%S} UTC")
            checked = replace(checked, facts=facts | _budget(client))
            field_rules = rules.read(settings, source, SOURCES)
            own, unseen = _own(source, client, settings, connection)
            entities = [
                privacy.screened(source, entity, field_rules)
                for entity in (*source.entities.values(), *own)
            ]
        cache = Cache()

        def one(entity: Entity) -> Finding:
            with connection.open_client() as client:
                return probe(_pull(client, cache, settings, entity, connection))

        with ThreadPoolExecutor(max_workers=workers) as pool:
            findings = (*pool.map(one, entities), *unseen)
    except IngestionError as error:
        return replace(checked, problem=_reason(error))
    except SHAPE_ERRORS as error:
        return replace(checked, problem=_misshapen(error))
    return replace(checked, findings=findings)


def probe(pull: Pull) -> Finding:
    """Whether one entity can be read. The login and the day's calls are no matter of an entity."""
    name = pull.entity.name
    try:
        plan = pull.entity.plan(pull)
        counted = pull.entity.count(pull) if pull.entity.count else None
        if counted is None:
            # Not to be counted, or not allowed: what a pull would meet decides.
            next(iter(pull.entity.extract(pull, plan)), None)
        remarks = [*_unseen(pull.entity, plan)]
        if pull.entity.remarks is not None:
            remarks += pull.entity.remarks(pull)
    except SkippableError as error:
        return Finding(name, "left out", remarks=(_reason(error),))
    except (CredentialsError, QuotaError):
        raise
    except IngestionError as error:
        return Finding(name, "failing", remarks=(_reason(error),))
    except SHAPE_ERRORS as error:
        return Finding(name, "failing", remarks=(_misshapen(error),))
    rows = None if counted is None else counted.rows
    return Finding(name, "readable", rows=rows, remarks=tuple(remarks))


def _own(
    source: Source, client: Client, settings: Mapping[str, str], connection: Connection
) -> tuple[list[Entity], list[Finding]]:
    """The objects that only this account has; or why they cannot be listed."""
    if source.discover is None:
        return [], []
    pull = _pull(client, Cache(), settings, next(iter(source.entities.values())), connection)
    try:
        names = source.discover(pull)
    except SkippableError as error:
        return [], [Finding(OWN_OBJECTS, "left out", remarks=(_reason(error),))]
    except (CredentialsError, QuotaError):
        raise
    except IngestionError as error:
        return [], [Finding(OWN_OBJECTS, "failing", remarks=(_reason(error),))]
    except SHAPE_ERRORS as error:
        return [], [Finding(OWN_OBJECTS, "failing", remarks=(_misshapen(error),))]
    return [source.entity(name) for name in names if name not in source.entities], []


def _pull(
    client: Client,
    cache: Cache,
    settings: Mapping[str, str],
    entity: Entity,
    connection: Connection,
) -> Pull:
    return Pull(client, cache, settings, entity, "full", Window(None, connection.now))


def _budget(client: Client) -> dict[str, str]:
    budget = client.pace.budget
    if budget is None or budget.limit is None:
        return {}
    kept = f"{budget.reserve:.0%} of all are kept for others"
    return {budget.unit: f"{budget.left:,} of {budget.limit:,} left, {kept}; {budget.renewal}"}


def _unseen(entity: Entity, plan: Plan) -> Iterable[str]:
    """Fields that do not come as they are: by rule, or as the account does not show them."""
    if plan.hashed:
        yield f"hashed by rule: {_named(list(plan.hashed))}"
    reasons: dict[str, list[str]] = {}
    for name, reason in plan.absent.items():
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        yield f"not asked for ({reason}): {_named(names)}"
    if entity.count is None:
        return  # a document of settings: no definitions tell what it should hold
    table = entity.tables[0]
    shown = {field.name for field in plan.fields} | set(plan.absent) | entity.needed
    unseen = [field.name for field in table.columns if field.name not in shown]
    if unseen:
        yield f"not there or hidden: {_named(unseen)}"


def _named(names: list[str]) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"


def _reason(error: IngestionError) -> str:
    """Without the call that it was met in: the row of the table says what it is about."""
    said = str(error)
    call, colon, rest = said.partition(": ")
    return rest if colon and call.split(" ", 1)[0] in ("GET", "POST") else said


def _misshapen(error: Exception) -> str:
    return f"an answer has not the documented shape ({type(error).__name__})"
