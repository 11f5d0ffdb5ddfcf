"""Single records, and which records an object lost or changed in a stretch of time."""

from __future__ import annotations

import json

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.execute import as_json
from sandbox.salesforce.ids import is_id, to_18
from sandbox.salesforce.instants import DAY_MS, to_milliseconds, to_text
from sandbox.salesforce.rows import attributes
from sandbox.salesforce.schema import ObjectType, find_object

_MINUTE_MS = 60_000
_DELETED_DAYS = 15
_UPDATED_DAYS = 30
_MOST_IDS = 600_000


def record(call: Call) -> Answer:
    """All fields, or those of `fields=`."""
    entity = _entity(call)
    key = to_18(call.path["id"])
    found = call.store.connection.execute(
        "select fields, is_deleted, created_at, stamp from sf_record "
        "where object = ? and id = ? and purged = 0",
        (entity.name, key),
    ).fetchone()
    if found is None:
        if is_id(key):
            raise not_found()
        text = f"Provided external ID field does not exist or is not accessible: {key}"
        raise ApiError(404, "NOT_FOUND", text)
    if found[1]:
        raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted")
    values = json.loads(found[0])
    values |= {"Id": key, "CreatedDate": to_text(found[2]), "SystemModstamp": to_text(found[3])}
    body: dict[str, object] = {"attributes": attributes(entity.name, key, call.version)}
    for name in _wanted(call, entity):
        field = entity.fields[name]
        body[field.name] = as_json(values.get(field.name), field)
    return Answer(body)


def deleted(call: Call) -> Answer:
    """What went to the recycle bin or beyond it, as far back as the log goes."""
    entity = _replicated(call)
    start, end = _stretch(call)
    earliest = call.now - _DELETED_DAYS * DAY_MS
    if start < earliest // _MINUTE_MS * _MINUTE_MS:
        text = f"startDate before org's replication enabled date or {_DELETED_DAYS} days ago"
        raise ApiError(400, "INVALID_REPLICATION_DATE", text)
    # A currency is never deleted, but one that was switched off is listed as if it were.
    gone = "is_deleted = 1 or purged = 1"
    moment = "deleted_at"
    if entity.name == "CurrencyType":
        gone, moment = "json_extract(fields, '$.IsActive') = 0", "stamp"
    found = call.store.connection.execute(
        f"select id, {moment} from sf_record where object = ? and ({gone}) "
        f"and {moment} >= ? and {moment} < ? order by {moment}, id limit ?",
        (entity.name, start, end, _MOST_IDS + 1),
    ).fetchall()
    _check_count(len(found))
    return Answer(
        {
            "deletedRecords": [{"id": key, "deletedDate": to_text(at)} for key, at in found],
            "earliestDateAvailable": to_text(earliest),
            "latestDateCovered": to_text(end),
        }
    )


def updated(call: Call) -> Answer:
    """Ids whose stamp lies in the stretch, new ones included, deleted ones not."""
    entity = _replicated(call)
    start, end = _stretch(call)
    if start < call.now - _UPDATED_DAYS * DAY_MS - _MINUTE_MS:
        text = f"startDate cannot be more than {_UPDATED_DAYS} days ago"
        raise ApiError(400, "INVALID_REPLICATION_DATE", text)
    found = call.store.connection.execute(
        "select id from sf_record where object = ? and stamp >= ? and stamp < ? "
        "and is_deleted = 0 and purged = 0 order by stamp, id limit ?",
        (entity.name, start, end, _MOST_IDS + 1),
    ).fetchall()
    _check_count(len(found))
    return Answer({"ids": [row[0] for row in found], "latestDateCovered": to_text(end)})


def _entity(call: Call) -> ObjectType:
    found = find_object(call.store, call.path["name"])
    if found is None:
        raise not_found()
    return found


def _replicated(call: Call) -> ObjectType:
    entity = _entity(call)
    if not entity.replicateable:
        raise ApiError(400, "INVALID_TYPE", f"entity type {entity.name} is not replicatable")
    return entity


def _stretch(call: Call) -> tuple[int, int]:
    """Start and end without their seconds; the end no later than the clock."""
    edges = []
    for name in ("start", "end"):
        try:
            edges.append(to_milliseconds(call.query[name]) // _MINUTE_MS * _MINUTE_MS)
        except KeyError as error:
            raise ApiError(400, "MISSING_ARGUMENT", f"{name} is a required parameter") from error
        except ValueError as error:
            text = f"{name} is not a valid date time"
            raise ApiError(400, "INVALID_REPLICATION_DATE", text) from error
    start, end = edges
    if start >= end:
        text = "startDate is not before endDate"
        raise ApiError(400, "INVALID_REPLICATION_DATE", text)
    return start, min(end, call.now)


def _check_count(count: int) -> None:
    if count > _MOST_IDS:
        raise ApiError(400, "EXCEEDED_ID_LIMIT", f"too many ids, the limit is {_MOST_IDS}")


def _wanted(call: Call, entity: ObjectType) -> list[str]:
    names = [name.strip().lower() for name in call.query.get("fields", "").split(",")]
    names = [name for name in names if name]
    for name in names:
        if name not in entity.fields:
            text = f"No such column '{name}' on sobject of type {entity.name}"
            raise ApiError(400, "INVALID_FIELD", text)
    return names or list(entity.fields)
