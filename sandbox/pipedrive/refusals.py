"""What Pipedrive would answer where a fault is injected: status and body."""

from __future__ import annotations

from sandbox.pipedrive.call import NO_CURSOR, PipedriveError
from sandbox.pipedrive.limits import EXCEEDED, SPENT

_MESSAGES = {
    400: "Bad request",
    401: "unauthorized access",
    402: "Payment required",
    403: "Scope and URL mismatch",
    404: "Not found",
    410: "Gone",
    429: EXCEEDED,
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
}


def is_pipedrive(path: str) -> bool:
    return path.startswith(("/api/v1/", "/api/v2/", "/v1/")) or path == "/oauth/token"


def refused(
    status: int, *, is_daily: bool, is_forgotten: bool = False
) -> tuple[int, dict[str, str], bytes]:
    """Where the day is spent, the headers say so."""
    headers = {"content-type": "application/json; charset=utf-8"}
    message = NO_CURSOR if is_forgotten else _MESSAGES.get(status, "Unknown error")
    if status == 429:
        headers["x-ratelimit-reset"] = "2"
        headers["x-ratelimit-remaining"] = "0"
        headers["x-daily-ratelimit-token-remaining"] = "0" if is_daily else "1000"
        message = SPENT if is_daily else EXCEEDED
    return status, headers, bytes(PipedriveError(status, message).response().body)
