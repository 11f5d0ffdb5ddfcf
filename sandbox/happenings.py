"""What a person does to single records of the served CRMs: `POST /_control/records`.

Deeds happen at the sandbox's clock, as if somebody had clicked. What `advance` does later to the
same records wins.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.salesforce.instants import to_text
from sandbox.store import Store

Deed = Callable[[Store, str, str, Mapping[str, Any]], None]


class DeedError(ValueError):
    """A deed that cannot be done; the text says why."""


def happen(store: Store, value: Any) -> None:
    """Do one deed: `source`, `object`, `id`, `deed`, and `into` for a merge."""
    if not isinstance(value, dict):
        raise DeedError("a deed is expected: source, object, id, deed")
    deeds = _DEEDS.get(str(value.get("source")))
    if deeds is None:
        raise DeedError(f"source must be one of {', '.join(_DEEDS)}")
    deed = deeds.get(str(value.get("deed")))
    if deed is None:
        raise DeedError(f"deed must be one of {', '.join(deeds)}")
    deed(store, str(value.get("object")), str(value.get("id")), value)


def _archive(store: Store, kind: str, id: str, value: Mapping[str, Any]) -> None:
    _hubspot(store, kind, id, "archived = 0", archived=1, archived_at=store.now())


def _restore(store: Store, kind: str, id: str, value: Mapping[str, Any]) -> None:
    """Out of the bin. Whether that moves the date is not known of the vendor: `stamp` decides."""
    now = store.now()
    stamped = {"updated_at": now, "indexed_at": _indexed_at(store)} if value.get("stamp") else {}
    condition = "archived = 1 and merged_into is null and erased = 0"
    _hubspot(store, kind, id, condition, archived=0, archived_at=None, **stamped)


def _forget(store: Store, kind: str, id: str, value: Mapping[str, Any]) -> None:
    """Gone without a trace: erased for a person's sake, or out of the bin after its days."""
    _hubspot(store, kind, id, "erased = 0", archived=1, erased=1, properties="{}")
    for table, column in (
        ("hs_history", ""),
        ("hs_association", "from_"),
        ("hs_association", "to_"),
    ):
        store.connection.execute(
            f"delete from {table} where {column}type = ? and {column}id = ?", (kind, int(id))
        )


def _merge(store: Store, kind: str, id: str, value: Mapping[str, Any]) -> None:
    """`id` is absorbed by `into`, which takes over its links."""
    heir = int(str(value.get("into")))
    row = store.connection.execute(
        "select properties from hs_object where type = ? and id = ? and archived = 0", (kind, heir)
    ).fetchone()
    if row is None:
        raise DeedError("there is no such live record to merge into")
    properties = json.loads(row[0])
    absorbed = [text for text in (properties.get("hs_merged_object_ids"), id) if text]
    properties["hs_merged_object_ids"] = ";".join(absorbed)
    for name in ("lastmodifieddate", "hs_lastmodifieddate"):
        properties.pop(name, None)
    now = store.now()
    _hubspot(store, kind, id, "archived = 0", archived=1, archived_at=now, merged_into=heir)
    _hubspot(
        store,
        kind,
        str(heir),
        "archived = 0",
        properties=json.dumps(properties, ensure_ascii=False),
        updated_at=now,
        indexed_at=_indexed_at(store),
    )
    for own in ("from", "to"):
        store.connection.execute(
            f"update or ignore hs_association set {own}_id = ? where {own}_type = ? and {own}_id = ?",
            (heir, kind, int(id)),
        )
        store.connection.execute(
            f"delete from hs_association where {own}_type = ? and {own}_id = ?", (kind, int(id))
        )


def _delete(store: Store, name: str, id: str, value: Mapping[str, Any]) -> None:
    """Into the bin; a merge names the record that lives on."""
    _salesforce(store, name, id, {"IsDeleted": True, "MasterRecordId": value.get("into")})


def _undelete(store: Store, name: str, id: str, value: Mapping[str, Any]) -> None:
    _salesforce(store, name, id, {"IsDeleted": False, "MasterRecordId": None})


def _purge(store: Store, name: str, id: str, value: Mapping[str, Any]) -> None:
    """Past the bin: only the log of deletions knows, unless `logged` is false."""
    at = store.now() if value.get("logged", True) else None
    found = store.connection.execute(
        "update sf_record set is_deleted = 1, purged = 1, deleted_at = coalesce(deleted_at, ?) "
        "where object = ? and id = ? and purged = 0",
        (at, name, id),
    )
    _check(found.rowcount)


_DEEDS: dict[str, dict[str, Deed]] = {
    "hubspot": {"archive": _archive, "restore": _restore, "merge": _merge, "erase": _forget,
                "purge": _forget},
    "salesforce": {"delete": _delete, "merge": _delete, "undelete": _undelete,
                   "hard_delete": _purge, "purge": _purge},
}  # fmt: skip


def _hubspot(store: Store, kind: str, id: str, condition: str, **values: object) -> None:
    setting = ", ".join(f"{name} = ?" for name in values)
    found = store.connection.execute(
        f"update hs_object set {setting} where type = ? and id = ? and {condition}",
        (*values.values(), kind, int(id)),
    )
    _check(found.rowcount)


def _salesforce(store: Store, name: str, id: str, marks: Mapping[str, object]) -> None:
    is_deleted = bool(marks["IsDeleted"])
    row = store.connection.execute(
        "select fields from sf_record where object = ? and id = ? and purged = 0 "
        "and is_deleted <> ?",
        (name, id, is_deleted),
    ).fetchone()
    _check(row is not None)
    now = store.now()
    values = json.loads(row[0])
    values |= {key: value for key, value in marks.items() if key in values}
    values["SystemModstamp"] = to_text(now)
    store.connection.execute(
        "update sf_record set fields = ?, stamp = ?, is_deleted = ?, deleted_at = ? "
        "where object = ? and id = ?",
        (
            json.dumps(values, ensure_ascii=False),
            now,
            is_deleted,
            now if is_deleted else None,
            name,
            id,
        ),
    )


def _indexed_at(store: Store) -> int:
    lag = int(store.meta("search_lag_ms") or 0)
    return int(time.time() * 1000) + lag if lag else 0


def _check(done: object) -> None:
    if not done:
        raise DeedError("there is no such record in the state that the deed needs")
