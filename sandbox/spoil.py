"""How a fault spoils a real answer: damaged compression, cursors that jump, loop or lie.

Only answers are looked at here; which request is struck is decided in `faults`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

# The kinds that only mean something for a page after the first.
LATER_PAGES = frozenset({"missing_page", "looping_cursor", "lost_cursor"})
_TRAILER = 8  # bytes: checksum and length, the end of a gzip stream
_LOCATOR = b"sforce-locator"
_PARAMETERS = ("after", "locator", "cursor")  # the names by which requests carry one
_CURSORS = ("after", "locator", "cursor")  # HubSpot's, Salesforce's, Pipedrive's


class Answer(NamedTuple):
    """A whole answer: sandbox pages are small enough to be held before they are sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> str | None:
        return next((value.decode("latin-1") for key, value in self.headers if key == name), None)

    def with_header(self, name: bytes, value: str) -> Answer:
        kept = [(key, old) for key, old in self.headers if key != name]
        return self._replace(headers=[*kept, (name, value.encode("latin-1"))])


def spoiled(kind: str, answer: Answer, scope: Mapping[str, Any]) -> Answer:
    """The answer as a fault of this kind lets it through; unknown kinds leave it alone."""
    spoil = _SPOILERS.get(kind)
    return spoil(answer, scope) if spoil is not None else answer


def cursor_of(scope: Mapping[str, Any]) -> str | None:
    """The cursor that a request carries; None for a first page."""
    path = str(scope["path"])
    if "/query/" in path and not path.endswith("/query/") and "/jobs/" not in path:
        return path
    for name, value in _query(scope):
        if name in _CURSORS:
            return value
    return None


def following(answer: Answer) -> str | None:
    """The cursor of the page behind this one, if there is one."""
    locator = answer.header(_LOCATOR)
    if locator is not None:
        return None if locator == "null" else locator
    body = _json(answer)
    if body is None:
        return None
    after = ((body.get("paging") or {}).get("next") or {}).get("after")
    found = (
        body.get("nextRecordsUrl")
        or after
        or (body.get("additional_data") or {}).get("next_cursor")
    )
    return None if found is None else str(found)


def moved(scope: Mapping[str, Any], cursor: str) -> dict[str, Any]:
    """The same request for another page."""
    if cursor.startswith("/"):
        return {**scope, "path": cursor, "raw_path": quote(cursor).encode()}
    pairs = [(n, cursor if n in _CURSORS else v) for n, v in _query(scope)]
    return {**scope, "query_string": urlencode(pairs).encode()}


def emptied(answer: Answer) -> Answer:
    """A page whose rows have got lost; a CSV is left as it is."""
    body = _json(answer)
    if body is None:
        return answer
    lost: dict[str, Any] = {name: [] for name in ("results", "records", "data") if name in body}
    return answer._replace(body=_dump(body | lost))


def _looping(answer: Answer, scope: Mapping[str, Any]) -> Answer:
    """A page that leads to itself."""
    cursor = cursor_of(scope)
    if cursor is None:
        return answer
    if answer.header(_LOCATOR) is not None:
        return answer.with_header(_LOCATOR, cursor)
    body = _json(answer)
    if body is None:
        return answer
    if cursor.startswith("/"):
        body |= {"done": False, "nextRecordsUrl": cursor}
    elif "additional_data" in body:
        body["additional_data"] = {"next_cursor": cursor}
    elif "additional_data" in body:
        body["additional_data"] = {**(body["additional_data"] or {}), "next_cursor": cursor}
    else:
        body["paging"] = {"next": {"after": cursor}}
    return answer._replace(body=_dump(body))


def _half(answer: Answer, scope: Mapping[str, Any]) -> Answer:
    return answer._replace(body=half(answer))


def half(answer: Answer) -> bytes:
    return answer.body[: max(1, len(answer.body) // 2)]


def _broken(answer: Answer, scope: Mapping[str, Any]) -> Answer:
    packed = bytearray(_packed(answer))
    for place in range(len(packed) // 2, min(len(packed) // 2 + 16, len(packed))):
        packed[place] ^= 0x5A
    return _compressed(answer, bytes(packed))


def _cut_short(answer: Answer, scope: Mapping[str, Any]) -> Answer:
    packed = _packed(answer)
    return _compressed(answer, packed[: max(1, len(packed) // 2)])


def _without_end(answer: Answer, scope: Mapping[str, Any]) -> Answer:
    """All of the data, but not the checksum behind it: most readers do not notice."""
    return _compressed(answer, _packed(answer)[:-_TRAILER])


def _failed(answer: Answer, scope: Mapping[str, Any]) -> Answer:
    body = _json(answer)
    if body is None or "state" not in body:
        return answer
    body |= {"state": "Failed", "errorMessage": "InternalServerError: retries exceeded"}
    return answer._replace(body=_dump(body))


_SPOILERS: Mapping[str, Callable[[Answer, Mapping[str, Any]], Answer]] = {
    "malformed": _half,
    "broken_gzip": _broken,
    "cut_gzip": _cut_short,
    "gzip_without_end": _without_end,
    "looping_cursor": _looping,
    "failed_job": _failed,
}


def _packed(answer: Answer) -> bytes:
    """The body as a gzip stream; a Bulk result is one already."""
    is_packed = answer.header(b"content-encoding") == "gzip"
    return answer.body if is_packed else gzip.compress(answer.body, 1, mtime=0)


def _compressed(answer: Answer, body: bytes) -> Answer:
    return answer.with_header(b"content-encoding", "gzip")._replace(body=body)


def _query(scope: Mapping[str, Any]) -> list[tuple[str, str]]:
    return parse_qsl(bytes(scope["query_string"]).decode("latin-1"), keep_blank_values=True)


def _json(answer: Answer) -> dict[str, Any] | None:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _dump(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
