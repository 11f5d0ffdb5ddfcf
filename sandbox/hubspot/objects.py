"""CRM records by list, by id and by batch. Search and changes have modules of their own."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.hubspot.associations import check_inputs
from sandbox.hubspot.call import QUIET_BATCH, Call, answer
from sandbox.hubspot.catalogue import ObjectType
from sandbox.hubspot.errors import invalid, missing_in_batch, not_found
from sandbox.hubspot.records import BIN_MILLISECONDS, COLUMNS, Row, select, shape
from sandbox.hubspot.texts import iso, record_id

PAGE = 10
MOST = 100
MOST_WITH_HISTORY = 50


def list_records(call: Call) -> Response:
    """Ascending by id, which is not the order of creation; `archived=true` shows the bin alone."""
    kind = call.type()
    history = call.names("propertiesWithHistory")
    limit = call.limit(default=PAGE, most=MOST_WITH_HISTORY if history else MOST)
    wanted = select(call, kind, call.names("properties"), history, call.names("associations") or ())
    rows = call.store.connection.execute(
        f"select {COLUMNS} from hs_object where type = ? and id >= ?"
        f" and {_visible(call, archived=call.flag('archived'))} order by id limit ?",
        (kind.name, call.after(), limit + 1),
    ).fetchall()
    page = [Row(*row) for row in rows[:limit]]
    body: dict[str, Any] = {"results": shape(call, kind, page, wanted)}
    if len(rows) > limit:
        after = str(page[-1].id + 1)
        body["paging"] = {"next": {"after": after, "link": call.link(after)}}
    return answer(body)


def get_record(call: Call) -> Response:
    """A merged-away id answers with the survivor, whose id is then another one."""
    kind = call.type()
    name = call.text("idProperty")
    asked = call.segment("id")
    found = _by_property(call, kind, name, [asked]) if name else _by_id([asked])
    id = next(iter(found.values()), None)
    row = None
    if id is not None:
        row = call.store.connection.execute(
            f"select {COLUMNS} from hs_object where type = ? and id = ?"
            f" and {_visible(call, archived=call.flag('archived'))}",
            (kind.name, _survivor(call, kind, id)),
        ).fetchone()
    if row is None:
        raise not_found()
    history = call.names("propertiesWithHistory")
    wanted = select(call, kind, call.names("properties"), history, call.names("associations") or ())
    return answer(shape(call, kind, [Row(*row)], wanted)[0])


def batch_read(call: Call) -> Response:
    """Records in id order whatever the order of the inputs; duplicates collapse."""
    kind = call.type()
    inputs = call.json.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise invalid("Invalid input: inputs may not be empty")
    history = _texts(call, "propertiesWithHistory")
    if history and len(inputs) > MOST_WITH_HISTORY:
        raise invalid(
            "The maximum number of inputs supported in a batch request for property histories is "
            f"{MOST_WITH_HISTORY}. Please reduce the number of items and try again"
        )
    check_inputs(len(inputs), MOST)
    asked = [str(entry.get("id", "")) if isinstance(entry, dict) else "" for entry in inputs]
    if not all(asked):
        raise invalid("Invalid input: every input needs an id")
    name = call.json.get("idProperty")
    ids = _by_property(call, kind, name, asked) if name else _by_id(asked)
    numbers = sorted(set(ids.values()))
    rows = call.store.connection.execute(
        f"select {COLUMNS} from hs_object where type = ? and id in ({_marks(numbers)})"
        f" and {_visible(call, archived=call.flag('archived'))} order by id",
        (kind.name, *numbers),
    ).fetchall()
    names = _texts(call, "properties")
    wanted = select(call, kind, names or None, history)
    now = iso(call.context.now())
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": shape(call, kind, [Row(*row) for row in rows], wanted),
        "startedAt": now,
        "completedAt": now,
    }
    present = {row[0] for row in rows}
    missing = [text for text in dict.fromkeys(asked) if ids.get(text) not in present]
    if missing:
        body["numErrors"] = 1
        body["errors"] = [missing_in_batch(kind.singular, missing)]
    return answer(body, 207 if missing and call.version != QUIET_BATCH else 200)


def _visible(call: Call, *, archived: bool) -> str:
    if not archived:
        return "archived = 0"
    since = call.context.now() - BIN_MILLISECONDS
    # An exported record may not say since when it is archived; it is then still in the bin.
    return (
        "archived = 1 and merged_into is null and erased = 0"
        f" and (archived_at is null or archived_at > {since})"
    )


def _by_id(asked: list[str]) -> dict[str, int]:
    numbers = {text: record_id(text) for text in asked}
    return {text: id for text, id in numbers.items() if id is not None}


def _by_property(call: Call, kind: ObjectType, name: str, asked: list[str]) -> dict[str, int]:
    definition = call.definitions(kind).get(name)
    if name == "hs_object_id":
        return _by_id(asked)
    if definition is None:
        raise invalid(f"Property {name} does not exist or is not unique")
    lowered = [text.lower() for text in asked]
    rows = call.store.connection.execute(
        f"select lower(json_extract(properties, ?)), id from hs_object where type = ?"
        f" and archived = 0 and lower(json_extract(properties, ?)) in ({_marks(lowered)})",
        (f'$."{name}"', kind.name, f'$."{name}"', *lowered),
    )
    ids: dict[str, int] = dict(rows.fetchall())
    return {text: ids[text.lower()] for text in asked if text.lower() in ids}


def _survivor(call: Call, kind: ObjectType, id: int) -> int:
    """Follow merges to their end: a winner may have been merged in turn."""
    seen = {id}
    while True:
        row = call.store.connection.execute(
            "select merged_into from hs_object where type = ? and id = ?", (kind.name, id)
        ).fetchone()
        if row is None or row[0] is None or row[0] in seen:
            return id
        id = row[0]
        seen.add(id)


def _texts(call: Call, name: str) -> list[str]:
    value = call.json.get(name) or []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise invalid(f"Invalid input: {name} must be a list of names")
    return value


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))
