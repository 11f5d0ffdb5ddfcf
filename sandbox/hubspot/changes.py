"""Deleting, merging and erasing. What `advance` does later to the same records wins."""

from __future__ import annotations

import json
import threading
import time

from starlette.responses import Response

from sandbox.hubspot.call import Call, answer
from sandbox.hubspot.catalogue import ObjectType
from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.records import COLUMNS, Row, select, shape
from sandbox.hubspot.texts import record_id
from sandbox.store import Store

# SQLite would let a second writer wait anyway; one lock keeps read-then-write whole.
_writing = threading.Lock()


def archive(call: Call) -> Response:
    """Into the bin. Deleting what is not there is no error."""
    kind, id = call.type(), _id(call.segment("id"))
    now = call.context.now()
    with _writing, Store(call.context.path) as store:
        store.connection.execute(
            "update hs_object set archived = 1, archived_at = ?"
            " where type = ? and id = ? and archived = 0",
            (now, kind.name, id),
        )
        store.commit()
    return Response(status_code=204)


def merge(call: Call) -> Response:
    """The winner takes over the loser's links and lists its id."""
    kind = call.type()
    winner, loser = (_id(call.json.get(key)) for key in ("primaryObjectId", "objectIdToMerge"))
    if winner == loser:
        raise invalid("Cannot merge an object with itself")
    with _writing, Store(call.context.path) as store:
        properties = _live_properties(store, kind, winner)
        _live_properties(store, kind, loser)
        absorbed = [text for text in (properties.get("hs_merged_object_ids"), str(loser)) if text]
        properties["hs_merged_object_ids"] = ";".join(absorbed)
        _put(call, store, kind, winner, properties)
        store.connection.execute(
            "update hs_object set archived = 1, archived_at = ?, merged_into = ?"
            " where type = ? and id = ?",
            (call.context.now(), winner, kind.name, loser),
        )
        for own in ("from", "to"):
            store.connection.execute(
                f"update or ignore hs_association set {own}_id = ?"
                f" where {own}_type = ? and {own}_id = ?",
                (winner, kind.name, loser),
            )
        _forget_links(store, kind, loser)
        store.commit()
    row = call.store.connection.execute(
        f"select {COLUMNS} from hs_object where type = ? and id = ?", (kind.name, winner)
    ).fetchone()
    return answer(shape(call, kind, [Row(*row)], select(call, kind, None))[0])


def erase(call: Call) -> Response:
    """GDPR: the record, its history and its links are gone, and nothing says so."""
    kind = call.type()
    asked = str(call.json.get("objectId", ""))
    with _writing, Store(call.context.path) as store:
        id = _id_by_email(store, kind, asked) if call.json.get("idProperty") else _id(asked)
        if id is not None:
            store.connection.execute(
                "update hs_object set archived = 1, erased = 1, properties = '{}'"
                " where type = ? and id = ?",
                (kind.name, id),
            )
            store.connection.execute(
                "delete from hs_history where type = ? and id = ?", (kind.name, id)
            )
            _forget_links(store, kind, id)
            store.commit()
    return Response(status_code=204)


def _id(value: object) -> int:
    id = record_id(value)
    if id is None:
        raise not_found()
    return id


def _id_by_email(store: Store, kind: ObjectType, email: str) -> int | None:
    row = store.connection.execute(
        "select id from hs_object where type = ? and archived = 0"
        " and lower(json_extract(properties, '$.email')) = ?",
        (kind.name, email.lower()),
    ).fetchone()
    return row[0] if row else None


def _live_properties(store: Store, kind: ObjectType, id: int) -> dict[str, str | None]:
    row = store.connection.execute(
        "select properties from hs_object where type = ? and id = ? and archived = 0",
        (kind.name, id),
    ).fetchone()
    if row is None:
        raise not_found()
    properties: dict[str, str | None] = json.loads(row[0])
    return properties


def _put(
    call: Call, store: Store, kind: ObjectType, id: int, properties: dict[str, str | None]
) -> None:
    """Write a changed record: its date moves, and search learns of it after the index lag."""
    now = call.context.now()
    properties.pop(kind.modified, None)  # comes from updated_at again
    lag = int(store.meta("search_lag_ms") or 0)
    indexed = int(time.time() * 1000) + lag if lag else 0
    store.connection.execute(
        "update hs_object set properties = ?, updated_at = ?, indexed_at = ?"
        " where type = ? and id = ?",
        (json.dumps(properties, ensure_ascii=False), now, indexed, kind.name, id),
    )


def _forget_links(store: Store, kind: ObjectType, id: int) -> None:
    for own in ("from", "to"):
        store.connection.execute(
            f"delete from hs_association where {own}_type = ? and {own}_id = ?", (kind.name, id)
        )
