"""The words in which a CRM is described: Source, Entity, Table, Reading, Window, Page.

Plain frozen values. What they do is written once, in `engine/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ingestion.engine.cache import Cache
    from ingestion.engine.client import Client

FieldType = Literal["text", "boolean", "integer", "number", "date", "instant"]
Mode = Literal["incremental", "full", "sweep", "whole", "backfill"]
Format = Literal["json", "csv"]

OWN_OBJECTS = "custom_objects"  # all objects that an account has made itself, by one name


@dataclass(frozen=True)
class Field:
    """A vendor's field. A calculated one changes without moving the record's change stamp; a
    personal one tells something of a person (a name, an address, what was said). The label is
    what people in the CRM know it by."""

    name: str
    type: FieldType = "text"
    calculated: bool = False
    personal: bool = False
    label: str = ""


@dataclass(frozen=True)
class Window:
    """Changes from `start` (None: since ever) up to and including `end`; aware, UTC."""

    start: datetime | None
    end: datetime


@dataclass(frozen=True)
class Page:
    """One answer of the vendor, as it came.

    `kind` says which readings apply, `context` what the body does not say of itself (the object
    type of a list of pipelines), `asked` the ids that it speaks for, where silence has a meaning.
    `request` is the answer's: a pull that goes on after an interruption knows by it what has landed,
    and is given these `headers` back.
    """

    kind: str
    body: bytes
    rows: int
    format: Format = "json"
    context: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    request: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What a pull is going to ask for: fields with types, and the names that fill a path's `*`.

    Values of the `hashed` fields are replaced by their hash before they land. `absent` are fields
    known to be there and not asked for, with the reason. `screened` tells field rules from others:
    pages that have passed some may not lie beside pages that have passed others.
    """

    fields: tuple[Field, ...] = ()
    stars: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hashed: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    screened: str = ""


@dataclass(frozen=True)
class Counted:
    """The vendor's own numbers of an entity, asked for when its last page had come.

    `rows` are its live records, `sums` a column's sum over them as decimal text, where the vendor
    can tell: by column, or by `column:currency`. `changed_since` are the records that changed after
    the window's end: by so much may raw differ without anything being lost. `lag`: for so
    many seconds the count may not know of a change. `doubt` is a reason why the pull itself may have
    missed what a sweep finds.
    """

    rows: int
    changed_since: int
    counted_at: datetime
    sums: Mapping[str, str] = field(default_factory=dict)
    lag: int = 0
    doubt: str | None = None


@dataclass(frozen=True)
class Tells:
    """A table of changes: the column that names a field of another entity, the columns with values
    of that field."""

    entity: str
    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A raw table. The columns named here exist even when the vendor has no such object."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Field, ...]
    changed_at: tuple[str, ...] = ()  # the first that is not null; else the end of the window
    created_at: tuple[str, ...] = ()  # the first that is not null; else ever
    currency: str | None = None  # column that tells the currency of sums
    deleted: str | None = None  # boolean column
    deleted_at: tuple[str, ...] = ()
    merged_into: str | None = None  # column of the loser that names the winner
    absorbed: str | None = None  # column of the winner that lists the losers, ";" between
    parent: tuple[str, ...] = ()  # set: rows are replaced parent by parent, not merged by key
    belongs_to: tuple[str, str] | None = None  # columns: entity and id of a record it goes with
    scope: tuple[str, ...] = ()  # a whole landing speaks only for the values of these it has read
    points_at: tuple[str, str] | None = None  # columns: entity, id of the other end
    speaks_of: tuple[str, ...] = ()  # columns that name a person
    others: tuple[str, ...] = ()  # columns that name who else the row belongs to
    tells: Tells | None = None
    versions_of: str | None = None  # table whose rows are kept here, each as often as it changed


@dataclass(frozen=True)
class Value:
    """Where a column's text stands: a level of the reading's path and the keys below it.

    Level -1 is the page's context, -2 the name that filled the `*`. `lookup` translates the text;
    what it does not hold becomes null, or stays as it is with `keep`. `is_list`: the value is kept
    as JSON text although another reading unfolds it.
    """

    level: int
    keys: tuple[str, ...] = ()
    lookup: Mapping[str, str] | None = None
    keep: bool = False
    is_list: bool = False


@dataclass(frozen=True)
class Reading:
    """How pages of a kind become rows of a table.

    `path` names the lists to unfold, each followed by `[]`: `results[].to[]` has levels 0 and 1.
    A `*` stands for each of the names that the plan gives for `star`. `fields_at` is where the
    plan's fields stand in a level-0 row; None when the table does not take them. Rows whose
    `known` column is null are left to pages that were asked for because of it.
    """

    kind: str
    table: str
    path: str
    values: Mapping[str, Value]
    fields_at: tuple[str, ...] | None = None
    star: str | None = None
    known: str | None = None
    is_aside: bool = False  # says something of rows that are there, and makes none
    position: str | None = None  # column that takes the row's place, counted from the list's end


@dataclass(frozen=True)
class Pull:
    """All that the extraction of one entity is handed."""

    client: Client
    cache: Cache
    settings: Mapping[str, str]
    entity: Entity
    mode: Mode
    window: Window
    watched: tuple[str, ...] = ()
    binned: tuple[str, ...] = ()  # what lies in the vendor's bin, as far as raw knows


@dataclass(frozen=True)
class Entity:
    """One thing to pull. `whole` ones have no change stamp and land in full each time.

    `watched_while` is an SQL condition on rows of the first table: the records whose links a pull
    of changes reads again, whatever their age. Recently changed ones are watched as well. `count`
    asks at most one question; None when the vendor cannot tell. `bin_days` is set for people: so
    long can a deleted one still be seen, and who cannot be seen before was erased; with 0 the
    vendor shows none, so only a person can say who was. `remarks` are
    what a person should know of an entity that can be read, such as fields that cannot; `set_aside`
    is what this pull has read and not taken.
    """

    name: str
    tables: tuple[Table, ...]
    readings: tuple[Reading, ...]
    plan: Callable[[Pull], Plan]
    extract: Callable[[Pull, Plan], Iterator[Page]]
    whole: bool = False
    watched_while: str | None = None
    count: Callable[[Pull], Counted | None] | None = None
    bin_days: int | None = None
    remarks: Callable[[Pull], tuple[str, ...]] | None = None
    set_aside: Callable[[Pull], tuple[str, ...]] | None = None

    def versions(self, table: str) -> tuple[str, ...]:
        """The tables that keep the versions of this one's rows, and so have its columns."""
        return tuple(each.name for each in self.tables if each.versions_of == table)

    @property
    def needed(self) -> frozenset[str]:
        """Columns of the first table without which its rows cannot be told apart or kept up."""
        table = self.tables[0]
        marks = (table.deleted, table.merged_into, table.absorbed)
        stamps = (*table.changed_at, *table.created_at, *table.deleted_at)
        links = (*table.parent, *table.scope, *table.speaks_of, *table.others)
        return frozenset((*table.key, *stamps, *links, *filter(None, marks)))


@dataclass(frozen=True)
class Connection:
    """A source that has answered: how to ask more, and what time it is there."""

    open_client: Callable[[], Client]
    now: datetime
    api_version: str


@dataclass(frozen=True)
class Source:
    """A CRM. `missing` names what the settings lack, or None when they are enough to connect.

    `discover` finds the names of entities that only this account has (custom objects), `custom`
    describes one by its name alone, so that its landings can be loaded without the API.
    `identify` tells whose account it is and what it allows, in the order to be shown. `urgent` are
    the entities to pull first, in this order, should a day's calls not be enough for all.
    """

    name: str
    entities: Mapping[str, Entity]
    missing: Callable[[Mapping[str, str]], str | None]
    connect: Callable[[Mapping[str, str]], Connection]
    discover: Callable[[Pull], tuple[str, ...]] | None = None
    custom: Callable[[str], Entity] | None = None
    urgent: tuple[str, ...] = ()
    identify: Callable[[Client, Mapping[str, str]], Mapping[str, str]] | None = None

    def entity(self, name: str) -> Entity:
        """KeyError where the source has no such entity."""
        if name not in self.entities and self.custom is not None:
            return self.custom(name)
        return self.entities[name]

    @property
    def schema(self) -> str:
        return f"raw_{self.name}"


@dataclass(frozen=True)
class Home:
    """Where everything that a deployment keeps lies."""

    root: Path

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"


@dataclass(frozen=True)
class Reconciled:
    """One measure of an entity, ours beside the vendor's. `is_within` is None when the vendor has
    not told; `note` says why, or what else is in doubt."""

    measure: str  # "rows", or "sum:<column>"
    vendor: Decimal | None
    raw: Decimal
    in_flight: int = 0
    is_within: bool | None = None
    note: str | None = None

    @property
    def gap(self) -> Decimal | None:
        """What the vendor has more than we do."""
        return None if self.vendor is None else self.vendor - self.raw


@dataclass(frozen=True)
class Landed:
    """What became of one entity's pull."""

    source: str
    entity: str
    status: Literal["landed", "skipped", "failed", "not_configured"]
    reason: str | None = None
    load_id: str | None = None
    rows: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    window_start: datetime | None = None
    window_end: datetime | None = None
    set_aside: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should read beside the numbers."""
        return (self.reason, *self.set_aside) if self.reason else self.set_aside


@dataclass(frozen=True)
class Loaded:
    """What one landing folder did to raw."""

    source: str
    entity: str
    status: Literal["loaded", "failed"]
    rows_read: int = 0
    rows_inserted: int = 0
    rows_updated: int = 0
    rows_deleted: int = 0
    columns_added: tuple[str, ...] = ()
    seconds: float = 0.0
    load_id: str | None = None
    reason: str | None = None
    mode: Mode | None = None
    reconciled: tuple[Reconciled, ...] = ()
