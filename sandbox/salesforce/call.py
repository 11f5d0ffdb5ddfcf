"""One request to the data API and one answer, apart from the web server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.salesforce.errors import bad_json
from sandbox.salesforce.org import Org
from sandbox.store import Store

JSON = "application/json;charset=UTF-8"


@dataclass(frozen=True)
class Call:
    """`version` is "66.0"; `path` holds what the pattern named, `query` the URL's parameters."""

    org: Org
    method: str
    version: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def store(self) -> Store:
        return self.org.context.store()

    @property
    def now(self) -> int:
        return self.org.context.now()

    def json(self) -> dict[str, Any]:
        """The body as an object, or the vendor's complaint about it."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise bad_json() from error
        if not isinstance(found, dict):
            raise bad_json()
        return found


@dataclass(frozen=True)
class Answer:
    """`body` is anything JSON can say; `content`, when given, is sent as it is instead."""

    body: Any = None
    status: int = 200
    content: bytes | None = None
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Endpoint:
    """A path below /services/data/vNN.0, with its handler by method."""

    pattern: str
    handlers: Mapping[str, Handler]

    def match(self, path: str) -> dict[str, str] | None:
        """The named parts of a path that fits the pattern, with or without a slash at the end."""
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.pattern)
        found = re.fullmatch(expression + "/?", path)
        return found.groupdict() if found else None
