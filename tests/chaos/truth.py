"""Raw compared with what the vendor holds: each difference is a sentence, none is the goal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb

from ingestion.model import Home
from tests.chaos.org import ENTITIES, FIELDS, HISTORY, MERGED
from tests.chaos.portal import Portal
from tests.chaos.portal_words import LINKS, NUMBERS, PROPERTIES, TRACKED
from tests.chaos.world import World

_MOST_TOLD = 4  # differences of a kind that are worth reading
Row = tuple[Any, ...]


def differences(home: Home, world: World, entities: Sequence[str]) -> list[str]:
    """What raw has too much, too little or wrong of these entities."""
    with duckdb.connect(str(home.warehouse), read_only=True) as raw:
        compare = _portal if isinstance(world, Portal) else _org
        return list(compare(raw, world, entities))


def live_counts(home: Home, world: World, entities: Sequence[str]) -> dict[str, tuple[int, int]]:
    """By entity with a count at the vendor: live records there, live rows in raw."""
    found: dict[str, tuple[int, int]] = {}
    with duckdb.connect(str(home.warehouse), read_only=True) as raw:
        for entity, statement in _counted(world):
            if entity not in entities:
                continue
            ((there,),) = world.rows(statement)
            table = f"raw_{world.source}.{entity}"
            (here,) = raw.execute(f"select count(*) from {table} where not _is_deleted").fetchone()
            found[entity] = (int(there), int(here))
    return found


def _counted(world: World) -> Iterator[tuple[str, str]]:
    if isinstance(world, Portal):
        for kind in NUMBERS:
            yield kind, f"select count(*) from hs_object where type = '{kind}' and archived = 0"
        return
    for entity, name in ENTITIES.items():
        yield (
            entity,
            "select count(*) from sf_record where is_deleted = 0 and purged = 0"
            f" and object = '{name}'",
        )


def _portal(raw: duckdb.DuckDBPyConnection, world: World, entities: Sequence[str]) -> Iterator[str]:
    kinds = [kind for kind in PROPERTIES if kind in entities]
    for kind in kinds:
        properties = PROPERTIES[kind]
        names = [*properties, "updatedAt"]
        live = {
            str(id): _record(json.loads(text), properties) | {"updatedAt": _instant(updated)}
            for id, updated, text in world.rows(
                "select id, updated_at, properties from hs_object where type = ? and archived = 0",
                kind,
            )
        }
        yield from _records(raw, f"raw_hubspot.{kind}", "id", names, live)
        in_bin = world.rows(
            "select id from hs_object where type = ? and archived = 1 and merged_into is null"
            " and erased = 0",
            kind,
        )
        yield from _gone(raw, f"raw_hubspot.{kind}", "id", {str(id) for (id,) in in_bin})
        merged = world.rows(
            "select id, merged_into from hs_object where type = ? and merged_into is not null", kind
        )
        winners = {str(loser): str(winner) for loser, winner in merged}
        yield from _merges(raw, f"raw_hubspot.{kind}", "id", winners)
    yield from _links(raw, world, [kind for kind in kinds if any(kind == one for one, _ in LINKS)])
    if "deals" in entities:
        yield from _history(raw, world)
    if "owners" in entities:
        yield from _owners(raw, world)
    if "pipelines" in entities:
        yield from _stages(raw, world)


def _record(values: Mapping[str, Any], types: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    return {name: _typed(values.get(name), kind) for name, (kind, _) in types.items()}


def _typed(value: Any, kind: str) -> Any:
    if value is None or value == "":
        return None
    if kind in ("number", "double", "currency"):
        return Decimal(str(value)).quantize(Decimal("1.0000000000"))
    return value == "true" if kind == "bool" else value


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None)


def _records(
    raw: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    names: list[str],
    truth: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    """Live rows: each record once, with its values."""
    columns = ", ".join(f'"{name}"' for name in [key, *names])
    rows = raw.execute(f"select {columns} from {table} where not _is_deleted").fetchall()
    every = raw.execute(f'select "{key}" from {table}').fetchall()
    for id, times in Counter(id for (id,) in every).items():
        if times > 1:
            yield f"{table}: {id} stands {times} times"
    found = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
    yield from _told(table, "lost", sorted(set(truth) - set(found)))
    yield from _told(table, "live, but gone at the vendor", sorted(set(found) - set(truth)))
    has_erased = raw.execute("select 1 from _ingestion.erasures").fetchone() is not None
    stale = [
        f"{id}.{name}: {found[id][name]!r} instead of {values[name]!r}"
        for id, values in sorted(truth.items())
        if id in found
        for name in names
        if found[id][name] != values[name]
        # What was said to somebody who was erased is forgotten here; the vendor keeps it.
        and not (name == "hs_note_body" and found[id][name] is None and has_erased)
    ]
    yield from _told(table, "stale", stale)


def _gone(raw: duckdb.DuckDBPyConnection, table: str, key: str, truth: set[str]) -> Iterator[str]:
    """What the vendor still shows as deleted is known and marked here."""
    rows = raw.execute(f'select "{key}" from {table} where _is_deleted').fetchall()
    yield from _told(table, "deleted, but without its mark", sorted(truth - {id for (id,) in rows}))


def _merges(
    raw: duckdb.DuckDBPyConnection, table: str, key: str, winners: Mapping[str, str]
) -> Iterator[str]:
    """Losers that raw has met lead to the same record in the end as at the vendor.

    Where a record absorbed another and was absorbed itself between two looks, nobody can tell: the
    survivor names only those whom it has absorbed itself.
    """
    if not winners:
        return
    rows = raw.execute(
        f"select \"{key}\", _merged_into, coalesce(hs_merged_object_ids, '') from {table}"
    ).fetchall()
    into = {id: winner for id, winner, _ in rows}
    absorbed = {id: names.split(";") for id, _, names in rows}

    def is_told(loser: str) -> bool:
        first, *way = _way(loser, winners)
        steps = zip((first, *way), way[:-1], strict=False)
        return first in into and all(one in absorbed.get(by, ()) for one, by in steps)

    wrong = [
        f"{loser}: to {_end(loser, into)} instead of {_end(loser, winners)}"
        for loser in sorted(winners)
        if is_told(loser) and _end(loser, into) != _end(loser, winners)
    ]
    yield from _told(table, "merged wrongly", wrong)


def _way(start: str, into: Mapping[str, str | None]) -> list[str]:
    seen: list[str] = []
    current: str | None = start
    while current is not None and current not in seen:
        seen.append(current)
        current = into.get(current)
    return seen


def _end(start: str, into: Mapping[str, str | None]) -> str:
    return _way(start, into)[-1]


def _links(raw: duckdb.DuckDBPyConnection, world: World, kinds: Sequence[str]) -> Iterator[str]:
    if not kinds:
        return
    rows = world.rows(
        "select a.from_type, a.from_id, a.to_type, a.to_id, a.type_id, a.label"
        " from hs_association a"
        " join hs_object o on o.type = a.from_type and o.id = a.from_id and o.archived = 0"
        " join hs_object t on t.type = a.to_type and t.id = a.to_id and t.archived = 0"
    )
    truth = Counter(
        (f, str(a), t, str(b), n, label)
        for f, a, t, b, n, label in rows
        if (f, t) in LINKS and f in kinds
    )
    tables = " union all ".join(
        f"select '{k}', id from raw_hubspot.{k} where not _is_deleted" for k in kinds
    )
    found = Counter(
        raw.execute(
            "select from_type, from_id, to_type, to_id, type_id, label from raw_hubspot.associations"
            f" where (from_type, from_id) in ({tables})"
        ).fetchall()
    )
    yield from _multisets("links", truth, found)


def _history(raw: duckdb.DuckDBPyConnection, world: World) -> Iterator[str]:
    rows = world.rows(
        "select h.id, property, at, value, row_number() over"
        " (partition by h.id, property order by at, ordinal) - 1"
        " from hs_history h join hs_object o on o.type = h.type and o.id = h.id"
        f" where o.archived = 0 and property in {TRACKED}"
    )
    truth = Counter(
        (str(id), name, _instant(at), value or None, ordinal)
        for id, name, at, value, ordinal in rows
    )
    found = Counter(
        raw.execute(
            "select record_id, property, timestamp, value, ordinal from raw_hubspot.property_history"
            " where object_type = 'deals'"
            " and record_id in (select id from raw_hubspot.deals where not _is_deleted)"
        ).fetchall()
    )
    yield from _multisets("history", truth, found)


def _owners(raw: duckdb.DuckDBPyConnection, world: World) -> Iterator[str]:
    owners = world.rows("select id, archived = 1 from hs_document where kind = 'owner'")
    found = raw.execute(
        "select id, archived from raw_hubspot.owners where not _is_deleted"
    ).fetchall()
    yield from _multisets("owners", Counter((id, bool(a)) for id, a in owners), Counter(found))


def _stages(raw: duckdb.DuckDBPyConnection, world: World) -> Iterator[str]:
    ((text,),) = world.rows("select document from hs_document where kind = 'pipeline:deals'")
    stages = Counter((stage["id"], stage["label"]) for stage in json.loads(text)["stages"])
    found = raw.execute(
        "select id, label from raw_hubspot.pipeline_stages where not _is_deleted"
    ).fetchall()
    yield from _multisets("stages", stages, Counter(found))


def _org(raw: duckdb.DuckDBPyConnection, world: World, entities: Sequence[str]) -> Iterator[str]:
    for entity in entities:
        name = ENTITIES[entity]
        table = f"raw_salesforce.{entity}"
        types = FIELDS[name]
        names = [*types] if name == HISTORY else [*types, "SystemModstamp"]
        live: dict[str, dict[str, Any]] = {}
        for id, stamp, text in world.rows(
            "select id, stamp, fields from sf_record"
            " where object = ? and is_deleted = 0 and purged = 0",
            name,
        ):
            live[id] = _record(json.loads(text), types)
            if name != HISTORY:
                live[id]["SystemModstamp"] = _instant(stamp)
        yield from _records(raw, table, "Id", names, live)
        deleted = world.rows(
            "select id, json_extract(fields, '$.MasterRecordId') from sf_record"
            " where object = ? and is_deleted = 1 and purged = 0",
            name,
        )
        yield from _gone(raw, table, "Id", {id for id, _ in deleted})
        if name in MERGED:
            winners = {id: master for id, master in deleted if master is not None}
            yield from _first_winners(raw, table, winners)


def _first_winners(
    raw: duckdb.DuckDBPyConnection, table: str, winners: Mapping[str, str]
) -> Iterator[str]:
    into = dict(raw.execute(f'select "Id", _merged_into from {table}').fetchall())
    wrong = [
        f"{id}: {into[id]}" for id, winner in winners.items() if id in into and into[id] != winner
    ]
    yield from _told(table, "merged wrongly", wrong)


def _multisets(name: str, truth: Counter[Row], found: Counter[Row]) -> Iterator[str]:
    key: Callable[[Row], str] = repr
    yield from _told(name, "lost", [repr(row) for row in sorted((truth - found), key=key)])
    yield from _told(name, "too many", [repr(row) for row in sorted((found - truth), key=key)])


def _told(table: str, what: str, items: list[str]) -> Iterator[str]:
    if items:
        some = "; ".join(items[:_MOST_TOLD])
        yield f"{table}: {len(items)} {what}: {some}"
