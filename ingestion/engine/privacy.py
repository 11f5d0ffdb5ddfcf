"""Field rules applied before anything lands: what is dropped is not asked for, and what comes all
the same is taken out of the body; what is hashed is replaced in the body.

Marks stand in the source descriptions. Companies, products and the names of deals are not personal,
nor are owners and users: they are employees, whose names the reports need. A rule that names the
field reaches those too. In records of people and of what was said, free text that the description
does not know counts as personal, because a custom field may hold anything.
"""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from ingestion.engine.hashing import hashed, is_contact
from ingestion.engine.parse import levels
from ingestion.engine.rules import EntityRules, Rules, decision
from ingestion.model import Entity, Page, Plan, Pull, Reading, Source, Table, Tells

logger = logging.getLogger(__name__)

LEFT_OUT = "left out by a field rule"

Change = Callable[[Any], Any]


class _Number(str):
    """A number as the vendor wrote it: a float would bend amounts of many digits."""

    __slots__ = ()


def _raw(number: _Number) -> orjson.Fragment:
    return orjson.Fragment(str(number))


def screened(source: Source, entity: Entity, rules: Rules) -> Entity:
    """The entity with the rules applied to what it asks for and to every page; itself without."""
    own = rules.of(entity.name)
    tells = [table.tells for table in entity.tables if table.tells is not None]
    if not own.is_active and not any(rules.of(one.entity).is_active for one in tells):
        return entity
    marked = {one.entity: _marked(source.entity(one.entity)) for one in tells}

    def plan(pull: Pull) -> Plan:
        whole = entity.plan(pull)
        if pull.mode != "sweep":  # a sweep asks for calculated fields alone
            for name in unknown(whole, entity, own):
                logger.warning(
                    "%s.%s: a rule names %s, which is no field", source.name, entity.name, name
                )
        return replace(planned(whole, entity, own), screened=_mark(rules, entity))

    def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
        screen = Screen(entity, plan, own, rules, marked)
        for page in entity.extract(pull, plan):
            yield screen.page(page)

    return replace(entity, plan=plan, extract=extract)


def _mark(rules: Rules, entity: Entity) -> str:
    """What tells these rules, and this key, from others."""
    tells = [table.tells.entity for table in entity.tables if table.tells is not None]
    said = [
        [one.personal, one.include is None, *map(sorted, one.lists)]
        for one in map(rules.of, (entity.name, *tells))
    ]
    return str(hashed(json.dumps(said), rules.key))[:16]


def _marked(entity: Entity) -> frozenset[str]:
    return frozenset(field.name for field in entity.tables[0].columns if field.personal)


def planned(plan: Plan, entity: Entity, rules: EntityRules) -> Plan:
    """The plan without what may not land, and with the names of what is to be hashed.

    Hashed fields become text, whatever they were.
    """
    if not rules.is_active:
        return plan
    fields, hashed, absent = [], [], dict(plan.absent)
    needed = {name.lower() for name in entity.needed}
    for field in plan.fields:
        fate = decision(rules, field.name, is_personal=field.personal)
        if field.name.lower() in needed or fate == "keep":
            fields.append(field)
        elif fate == "hash":
            fields.append(replace(field, type="text"))
            hashed.append(field.name)
        else:
            absent[field.name] = LEFT_OUT
    stars = {
        star: tuple(name for name in names if absent.get(name) != LEFT_OUT)
        for star, names in plan.stars.items()
    }
    return replace(plan, fields=tuple(fields), hashed=tuple(hashed), absent=absent, stars=stars)


def unknown(plan: Plan, entity: Entity, rules: EntityRules) -> list[str]:
    """Names in the rules that neither the account nor the description knows."""
    known = {field.name.lower() for field in plan.fields} | {name.lower() for name in plan.absent}
    known |= {field.name.lower() for field in entity.tables[0].columns}
    return sorted(rules.named - known)


@dataclass(frozen=True)
class Screen:
    """Rewrites the pages of one pull."""

    entity: Entity
    plan: Plan
    rules: EntityRules
    told: Rules  # of all entities: a table of changes speaks of others ...
    marked: Mapping[str, frozenset[str]]  # ... and these are their personal fields

    def hashed(self, value: Any) -> Any:
        return hashed(value, self.told.key)

    def page(self, page: Page) -> Page:
        """The page as it may land."""
        changes = self._changes(page)
        if not changes:
            return page
        if page.format == "csv":
            return replace(page, body=_csv(page.body, self._columns()))
        document = json.loads(page.body, parse_float=_Number, parse_int=_Number)
        for change in changes:
            change(document)
        body = orjson.dumps(document, _raw, orjson.OPT_PASSTHROUGH_SUBCLASS)
        return replace(page, body=body)

    def _changes(self, page: Page) -> list[Change]:
        readings = [reading for reading in self.entity.readings if reading.kind == page.kind]
        changes: list[Change] = []
        for reading in readings:
            if reading.fields_at is not None and self._touches_fields():
                changes.append(self._of_fields(reading))
            changes += self._of_columns(reading)
            if reading.star is not None:
                changes += self._of_history(reading)
        if changes:
            changes.insert(0, _unread_taken_out(readings))
        for reading in readings:
            tells = self._table(reading).tells
            if tells is not None and self.told.of(tells.entity).is_active:
                changes.append(self._of_changes(reading, tells))
        return changes

    def _table(self, reading: Reading) -> Table:
        return next(table for table in self.entity.tables if table.name == reading.table)

    def _of_columns(self, reading: Reading) -> Iterable[Change]:
        """Columns beside the fields. Rules name those of the entity's own table; in tables below
        it what is marked as personal goes the same way."""
        table = self._table(reading)
        is_own = table == self.entity.tables[0]
        rules = self.rules if is_own else EntityRules(self.rules.personal)
        needed = self.entity.needed if is_own else {*table.key, *table.parent}
        personal = {field.name for field in table.columns if field.personal}
        for column, value in reading.values.items():
            fate = decision(rules, column, is_personal=column in personal)
            if column in needed or value.level < 0 or not value.keys or fate == "keep":
                continue
            yield self._column(reading.path, value.level, value.keys, fate == "hash")

    def _column(self, path: str, level: int, keys: tuple[str, ...], is_hashed: bool) -> Change:
        def change(row: dict[str, Any]) -> None:
            place = _at(row, keys[:-1])
            if isinstance(place, dict) and keys[-1] in place:
                place[keys[-1]] = self.hashed(place[keys[-1]]) if is_hashed else None

        return lambda document: _each(document, path, level, change)

    def _touches_fields(self) -> bool:
        return bool(self.plan.hashed) or LEFT_OUT in self.plan.absent.values()

    def _of_fields(self, reading: Reading) -> Change:
        """Only what the plan asks for: a vendor adds fields of its own when none are named."""
        at = reading.fields_at or ()
        allowed = {field.name.lower() for field in self.plan.fields}
        if not at:  # fields and the rest of the record stand side by side
            allowed |= {value.keys[0].lower() for value in reading.values.values() if value.keys}
        hashed = {name.lower() for name in self.plan.hashed}

        def change(row: dict[str, Any]) -> None:
            place = _at(row, at)
            if not isinstance(place, dict):
                return
            for name in list(place):
                if name.lower() not in allowed:
                    del place[name]
                elif name.lower() in hashed:
                    place[name] = self.hashed(place[name])

        return lambda document: _each(document, reading.path, 0, change)

    def _of_history(self, reading: Reading) -> Iterable[Change]:
        """Earlier values of hashed fields, which stand below their name."""
        for name in self.plan.stars.get(reading.star or "", ()):
            if name not in self.plan.hashed:
                continue
            path = reading.path.replace("*", name)
            keys = reading.values["value"].keys
            yield self._column(path, reading.values["value"].level, keys, True)

    def _of_changes(self, reading: Reading, tells: Tells) -> Change:
        """Rows that tell old and new values of another entity's fields, by the field's name."""
        value = reading.values.get(tells.field)
        change = self._told(tells)
        return lambda document: _each(document, reading.path, value.level if value else 0, change)

    def _told(self, tells: Tells) -> Change:
        rules = self.told.of(tells.entity)
        marked = self.marked[tells.entity]

        def change(row: dict[str, Any]) -> None:
            name = str(row.get(tells.field) or "")
            for column in tells.values:
                # The description does not know custom fields: there the value has to tell.
                is_personal = name in marked or is_contact(row.get(column))
                fate = decision(rules, name, is_personal=is_personal)
                if fate != "keep" and column in row:
                    row[column] = self.hashed(row[column]) if fate == "hash" else None

        return change

    def _columns(self) -> Change:
        """Rows of a table: what `_of_fields` and `_told` do, in one go."""
        tables = [table for table in self.entity.tables if table.tells is not None]
        told = [self._told(table.tells) for table in tables if table.tells is not None]
        hashed = {name.lower() for name in self.plan.hashed}

        def change(row: dict[str, Any]) -> None:
            for name, value in row.items():
                if name.lower() in hashed:
                    row[name] = self.hashed(value)
            for one in told:
                one(row)

        return change


def _unread_taken_out(readings: Sequence[Reading]) -> Change:
    """Records without what no reading reads: whose it is, nobody has said."""
    known: set[str] = set()
    for reading in readings:
        known |= {
            value.keys[0] for value in reading.values.values() if value.level == 0 and value.keys
        }
        if reading.fields_at == ():
            return lambda document: None  # fields and the rest stand side by side
        below = levels(reading.path)[1:2]
        known |= {keys[0] for keys in [*below, reading.fields_at or ()] if keys}

    def change(row: dict[str, Any]) -> None:
        for name in row.keys() - known:
            del row[name]

    return lambda document: _each(document, readings[0].path, 0, change)


def _at(row: Any, keys: Iterable[str]) -> Any:
    for key in keys:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def _each(document: Any, path: str, level: int, change: Change) -> None:
    """Call `change` for every row of a level of the path."""
    rows = [document]
    for keys in levels(path)[: level + 1]:
        lists = [_at(row, keys) for row in rows]
        rows = [row for found in lists if isinstance(found, list) for row in found]
    for row in rows:
        if isinstance(row, dict):
            change(row)


def _csv(body: bytes, change: Change) -> bytes:
    """A table with its rows changed, written as the vendor writes it: all quoted, LF."""
    rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    names = rows.fieldnames or []
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        change(row)
        writer.writerow(row)
    return out.getvalue().encode()
