"""What each vendor would answer where a fault is injected: status, headers and body."""

from __future__ import annotations

import json
import time
from typing import NamedTuple

from sandbox.faults import Fault
from sandbox.hubspot.errors import (
    HubspotError,
    error_body,
    expired,
    invalid,
    missing_scopes,
    not_found,
    page,
    rate_limited,
    token_refused,
    unauthenticated,
)
from sandbox.pipedrive.refusals import is_pipedrive, refused

HTML_TITLES = {
    400: "Bad Request",
    414: "Request-URI Too Large",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
    521: "Web server is down",
    522: "Connection timed out",
    523: "Origin is unreachable",
    524: "A timeout occurred",
    525: "SSL handshake failed",
    526: "Invalid SSL certificate",
    530: "Origin DNS Error",
}
_RETRY_AFTER = {423: "2", 477: "2"}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def refusal(fault: Fault, path: str) -> Answer:
    """The answer of a fault that replaces the real one. Its own body and headers come first."""
    if fault.kind == "html":
        status = fault.status or 502
        answer = _html(status)
    elif is_pipedrive(path):
        status = 401 if fault.kind == "expired_token" else fault.status or 400
        is_forgotten = fault.kind == "lost_cursor"
        answer = Answer(
            *refused(status, is_daily=fault.policy == "DAILY", is_forgotten=is_forgotten)
        )
    elif fault.kind == "status" and fault.status in (400, 401) and "/oauth" in path:
        answer = _token_endpoint(path)
    elif fault.kind == "lost_cursor":
        answer = _forgotten() if is_salesforce(path) else _hubspot(invalid("Invalid after"))
    elif is_salesforce(path):
        answer = _salesforce(401 if fault.kind == "expired_token" else fault.status or 500, fault)
    elif fault.kind == "expired_token":
        answer = _hubspot(expired(1, time.time() - 1))
    else:
        answer = _hubspot(_hubspot_error(fault.status or 500, fault))
    body = answer.body if fault.body is None else fault.body.encode()
    return Answer(answer.status, answer.headers | dict(fault.headers), body)


def is_salesforce(path: str) -> bool:
    return path.startswith(("/services/", "/id/"))


def _token_endpoint(path: str) -> Answer:
    """Both vendors refuse a grant with 400, each in a form that its other calls do not have."""
    if not is_salesforce(path):
        return _hubspot(token_refused("BAD_REFRESH_TOKEN", "missing or unknown refresh token"))
    body = {"error": "invalid_grant", "error_description": "expired access/refresh token"}
    return Answer(400, {"content-type": "application/json;charset=UTF-8"}, _dump(body))


def _html(status: int) -> Answer:
    return _hubspot(page(status, HTML_TITLES.get(status, "Error")))


def _hubspot(error: HubspotError) -> Answer:
    response = error.response()
    headers = {name: response.headers[name] for name in response.headers if name != "date"}
    headers.pop("content-length", None)
    if error.status in _RETRY_AFTER:
        headers["retry-after"] = _RETRY_AFTER[error.status]
    return Answer(error.status, headers, bytes(response.body))


def _hubspot_error(status: int, fault: Fault) -> HubspotError:
    if status == 401:
        return unauthenticated()
    if status == 403:
        return missing_scopes(("crm.objects.custom.read",))
    if status == 404:
        return not_found()
    if status == 400:
        return invalid("Invalid input")
    if status == 429:
        return rate_limited(fault.policy)
    if status in HTML_TITLES:
        return page(status, HTML_TITLES[status])
    messages = {
        423: "The account is locked by another operation. Wait and try again",
        477: "The account's data is being migrated",
    }
    return HubspotError(status, error_body(messages.get(status, "internal error"), None))


# By status: errorCode and message of the array that Salesforce answers.
_SALESFORCE = {
    400: ("MALFORMED_QUERY", "unexpected token"),
    401: ("INVALID_SESSION_ID", "Session expired or invalid"),
    403: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    404: ("NOT_FOUND", "The requested resource does not exist"),
    429: ("REQUEST_LIMIT_EXCEEDED", "Too many requests."),
    500: ("UNKNOWN_EXCEPTION", "An unexpected error occurred. ErrorId: 1234567890-12345"),
    503: ("SERVER_UNAVAILABLE", "Server is currently unavailable"),
}


def _salesforce(status: int, fault: Fault) -> Answer:
    if status in (406, 420):
        return Answer(status, {}, b"")
    if status not in _SALESFORCE:
        return _html(status)
    code, message = _SALESFORCE[status]
    body = [{"message": message, "errorCode": code}]
    return Answer(status, {"content-type": "application/json;charset=UTF-8"}, _dump(body))


def _forgotten() -> Answer:
    body = [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]
    return Answer(400, {"content-type": "application/json;charset=UTF-8"}, _dump(body))


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
