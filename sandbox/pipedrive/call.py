"""One request as a handler sees it, who may ask, and the answers' two forms."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.connection import PIPEDRIVE_API_TOKEN
from sandbox.context import Context
from sandbox.store import Store

VENDOR = "pipedrive"
DEFAULT_PAGE, LARGEST_PAGE = 100, 500
NO_CURSOR = "cursor is not one of this list"


class PipedriveError(Exception):
    """A refusal; version 1's form, which much of version 2 shares."""

    def __init__(self, status: int, message: str, info: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "success": False,
            "error": message,
            "error_info": info or "Please check developers.pipedrive.com",
            "data": None,
            "additional_data": None,
        }

    def response(self) -> Response:
        return answer(self.body, self.status)


@dataclass
class Call:
    context: Context
    request: Request
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.context.store()

    def text(self, name: str) -> str | None:
        return self.request.query_params.get(name) or None

    def number(self, name: str, default: int, *, most: int, least: int = 1) -> int:
        text = self.text(name)
        if text is None:
            return default
        if not text.isdecimal() or not least <= int(text) <= most:
            raise PipedriveError(400, f"{name} must be a number from {least} to {most}")
        return int(text)

    def ids(self, name: str) -> list[int] | None:
        """A list of ids with commas between, at most a hundred; None when it is absent."""
        text = self.text(name)
        if text is None:
            return None
        parts = text.split(",")
        if len(parts) > 100 or not all(part.isdecimal() for part in parts):
            raise PipedriveError(400, f"{name} must be up to 100 ids with commas between")
        return [int(part) for part in parts]

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        text = self.text(name) or default
        if text not in choices:
            raise PipedriveError(400, f"{name} must be one of {', '.join(choices)}")
        return text

    def instant(self, name: str) -> int | None:
        """RFC 3339, as milliseconds."""
        text = self.text(name)
        if text is None:
            return None
        try:
            instant = datetime.fromisoformat(text)
        except ValueError as error:
            raise PipedriveError(400, f"{name} must be an RFC 3339 instant") from error
        if instant.tzinfo is None:
            raise PipedriveError(400, f"{name} must be an RFC 3339 instant")
        return int(instant.astimezone(UTC).timestamp() * 1000)

    def segment(self, name: str) -> int:
        text = str(self.request.path_params[name])
        if not text.isdecimal():
            raise PipedriveError(400, f"{name} must be a number")
        return int(text)

    def cursor(self) -> tuple[int, int] | None:
        """The place behind which this page begins."""
        text = self.text("cursor")
        if text is None:
            return None
        try:
            first, second = json.loads(urlsafe_b64decode(text))
            return int(first), int(second)
        except (ValueError, TypeError, NotBase64) as error:
            raise PipedriveError(400, NO_CURSOR) from error


def authenticate(call: Call) -> str:
    """By API token, in the header or in the address, or by an OAuth app's access token."""
    given = call.request.headers.get("x-api-token") or call.text("api_token")
    if given is not None:
        if given == PIPEDRIVE_API_TOKEN:
            return "api token"
        raise PipedriveError(401, "unauthorized access")
    scheme, _, value = call.request.headers.get("authorization", "").partition(" ")
    token = call.context.tokens.find(value) if scheme.lower() == "bearer" else None
    if token is None or token.vendor != VENDOR or token.expires <= time.time():
        raise PipedriveError(401, "unauthorized access")
    return token.subject


def place(first: int, second: int) -> str:
    return urlsafe_b64encode(json.dumps([first, second]).encode()).decode()


def page(data: list[Any], next_cursor: str | None) -> Response:
    return answer({"success": True, "data": data, "additional_data": {"next_cursor": next_cursor}})


def answer(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(body, status, media_type="application/json; charset=utf-8")
