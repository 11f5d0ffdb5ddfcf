"""The words a suite is written in: the relation it reads, what is expected of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Moment:
    """What a run knows beside the warehouse: its instant, and what readers see at present."""

    as_of: datetime
    published: Path | None = None

    def published_rows(self, name: str) -> int:
        """Rows of a published table; 0 when nothing, or nothing of this name, was published."""
        if self.published is None or not self.published.exists():
            return 0
        with duckdb.connect(self.published, read_only=True) as connection:
            found = connection.execute(
                "select count(*) from duckdb_tables() where table_name = ?", [name]
            ).fetchall()
            if not found[0][0]:
                return 0
            rows = connection.execute(f'select count(*) from "{name}"').fetchall()
        return int(rows[0][0])


@dataclass(frozen=True)
class Expectation:
    """One expectation of Great Expectations, named and explained.

    `unless` is a query on the warehouse; a text in its first row is the reason not to ask.
    An argument may be a function of the Moment. `shows` names columns whose words may be shown when
    it fails, since they belong to a vocabulary and to no person.
    """

    name: str
    kind: str
    why: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "critical"
    unless: str = ""
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suite:
    """All that is expected of one relation (`schema.table`); `unless` as in Expectation.

    By its `key` a row that fails is named.
    """

    relation: str
    owner: str
    why: str
    expectations: tuple[Expectation, ...]
    unless: str = ""
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.relation.count(".") != 1:
            raise ValueError(f"{self.relation!r} is not schema.table")
        if not self.expectations:
            raise ValueError(f"{self.relation}: a suite that expects nothing always passes")
        names = [expectation.name for expectation in self.expectations]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.relation}: two expectations share a name")

    @property
    def schema(self) -> str:
        return self.relation.split(".")[0]

    @property
    def table(self) -> str:
        return self.relation.split(".")[1]


@dataclass(frozen=True)
class CheckResult:
    """What became of one expectation; `error` is set when it could not be asked."""

    name: str
    severity: Severity
    passed: bool
    observed: str = ""
    unexpected: int = 0
    sample: tuple[str, ...] = ()
    note: str = ""
    error: str = ""
    why: str = ""

    @property
    def blocks(self) -> bool:
        """True when what follows must not run: a critical failure, or a question without answer."""
        return not self.passed and (self.severity == "critical" or bool(self.error))


@dataclass(frozen=True)
class SuiteResult:
    relation: str
    owner: str
    checks: tuple[CheckResult, ...]
    seconds: float
    note: str = ""

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def blocks(self) -> bool:
        return any(check.blocks for check in self.checks)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if not check.passed)

    def __str__(self) -> str:
        if self.passed:
            return f"{self.relation}: {self.note or f'{len(self.checks)} passed'}"
        lines = [f"{self.relation}: {len(self.failed)} of {len(self.checks)} failed"]
        for check in self.failed:
            lines.append(f"  {check.severity} {check.name}: {check.error or check.observed}")
        return "\n".join(lines)
