"""Field rules: which fields land as they are, hashed, or not at all. Read from a TOML file.

`SALES_HEARTBEAT_FIELDS` names the file. Without it every field lands as it is. An example:

    [hubspot]
    personal = "hash"                  # personal fields: "keep" (default), "hash" or "drop"

    [hubspot.contacts]
    keep = ["country_of_residence"]    # personal, but wanted as it is
    exclude = ["jobtitle"]             # never asked for

    [salesforce.leads]
    include = ["Email", "Status", "ConvertedDate"]   # only these
    hash = ["Email"]

    [salesforce.users]
    hash = ["Email"]                   # employees: only by name, `personal` leaves them alone

Of several rules for a field the first of these holds: what the engine needs (keys, change stamps,
marks of deletion and merge) always lands; `hash`; `exclude`; `include`, which leaves out what it
does not name; `keep`; then `personal`. So `include` alone does not uncover a personal field.

A hash is keyed with `SALES_HEARTBEAT_HASH_KEY`: keep it, since another key gives other hashes. The
rules hold for what lands from now on; what landed before stays as it was until its landing folders
and the warehouse are made anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from ingestion.engine.errors import FatalError
from ingestion.model import Source

FILE = "SALES_HEARTBEAT_FIELDS"
KEY = "SALES_HEARTBEAT_HASH_KEY"
SHORTEST_KEY = 16  # characters: a shorter one can be guessed

Personal = Literal["keep", "hash", "drop"]
_LISTS = ("include", "exclude", "hash", "keep")


@dataclass(frozen=True)
class EntityRules:
    """The rules of one entity, names in lower case. `include` is None where all may land."""

    personal: Personal = "keep"
    include: frozenset[str] | None = None
    exclude: frozenset[str] = frozenset()
    hash: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()

    @property
    def is_active(self) -> bool:
        return self != EntityRules()

    @property
    def lists(self) -> tuple[frozenset[str], ...]:
        return self.include or frozenset(), self.exclude, self.hash, self.keep

    @property
    def named(self) -> frozenset[str]:
        return frozenset().union(*self.lists)


@dataclass(frozen=True)
class Rules:
    """All rules of one source."""

    personal: Personal = "keep"
    entities: Mapping[str, EntityRules] = field(default_factory=dict)
    key: bytes = b""

    def of(self, entity: str) -> EntityRules:
        return self.entities.get(entity) or EntityRules(personal=self.personal)


def read(settings: Mapping[str, str], source: Source, others: Mapping[str, Source]) -> Rules:
    """The rules of a source; an error in any part of the file is told, whichever source it is of."""
    path = (settings.get(FILE) or "").strip()
    if not path:
        return Rules()
    document = _document(path)
    key = (settings.get(KEY) or "").encode()
    rules = {}
    for name, table in document.items():
        described = source if name == source.name else others.get(name)
        if described is None:
            raise FatalError(f"{FILE}: no source {name}; there are {', '.join(others)}")
        rules[name] = _source_rules(described, table, key)
    return rules.get(source.name, Rules())


def _document(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise FatalError(f"{FILE}: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FatalError(f"{FILE}: {path} is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise FatalError(f"{FILE}: {path}: {error}") from error  # says the line and column


def _source_rules(source: Source, table: object, key: bytes) -> Rules:
    where = f"{FILE}: [{source.name}]"
    if not isinstance(table, dict):
        raise FatalError(f"{where} must be a table")
    personal = table.get("personal", "keep")
    if personal not in get_args(Personal):
        raise FatalError(f'{where}: personal must be "keep", "hash" or "drop"')
    entities = {}
    for name, one in table.items():
        if name != "personal":
            entities[name] = _entity_rules(source, name, one, personal)
    hashes = personal == "hash" or any(one.hash for one in entities.values())
    if hashes and len(key) < SHORTEST_KEY:
        raise FatalError(
            f"{where} asks for hashes: set {KEY} to a secret of at least {SHORTEST_KEY} characters"
        )
    return Rules(personal, entities, key)


def _entity_rules(source: Source, name: str, table: object, personal: Personal) -> EntityRules:
    where = f"{FILE}: [{source.name}.{name}]"
    try:
        entity = source.entity(name)
    except KeyError:
        raise FatalError(
            f"{where}: no such entity; {source.name} has {', '.join(source.entities)}"
        ) from None
    if not isinstance(table, dict):
        raise FatalError(f"{where} must be a table with {', '.join(_LISTS)}")
    lists: dict[str, frozenset[str]] = {}
    for word, value in table.items():
        if word not in _LISTS:
            raise FatalError(f"{where}: {word} is no rule; there are {', '.join(_LISTS)}")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise FatalError(f"{where}: {word} must be a list of field names")
        lists[word] = frozenset(item.lower() for item in value)
    _check_sense(where, lists, frozenset(item.lower() for item in entity.needed))
    return EntityRules(
        personal=personal,
        include=lists.get("include"),
        exclude=lists.get("exclude", frozenset()),
        hash=lists.get("hash", frozenset()),
        keep=lists.get("keep", frozenset()),
    )


def _check_sense(where: str, lists: Mapping[str, frozenset[str]], needed: frozenset[str]) -> None:
    for word in ("exclude", "hash"):
        for name in sorted(lists.get(word, frozenset()) & needed):
            raise FatalError(f"{where}: {word} names {name}, which the engine cannot do without")
    for one, other in (
        ("hash", "exclude"),
        ("exclude", "include"),
        ("hash", "keep"),
        ("exclude", "keep"),
    ):
        for name in sorted(lists.get(one, frozenset()) & lists.get(other, frozenset())):
            raise FatalError(f"{where}: {name} stands in {one} and in {other}")


def decision(
    rules: EntityRules, name: str, *, is_personal: bool
) -> Literal["keep", "hash", "drop"]:
    """What becomes of a field that the engine does not need."""
    lower = name.lower()
    if lower in rules.hash:
        return "hash"
    if lower in rules.exclude or (rules.include is not None and lower not in rules.include):
        return "drop"
    if not is_personal or lower in rules.keep:
        return "keep"
    return rules.personal
