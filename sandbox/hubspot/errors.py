"""HubSpot's refusals, word for word where the reference knows them. No request is handled here."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

SCOPES_URL = "https://developers.hubspot.com/scopes"


class HubspotError(Exception):
    """A refusal with its whole answer."""

    def __init__(
        self, status: int, body: Mapping[str, Any] | str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"HubSpot answers {status}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})

    def response(self) -> Response:
        if isinstance(self.body, str):
            return Response(self.body, self.status, self.headers, "text/html; charset=utf-8")
        body = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
        headers = {"x-hubspot-correlation-id": str(self.body["correlationId"]), **self.headers}
        return Response(body, self.status, headers, "application/json;charset=utf-8")


def error_body(message: str, category: str | None, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "status": "error",
        "message": message,
        "correlationId": str(uuid.uuid4()),
    }
    if category is not None:
        body["category"] = category
    return body | more


def invalid(message: str) -> HubspotError:
    return HubspotError(400, error_body(message, "VALIDATION_ERROR"))


def not_found(message: str = "Object not found.") -> HubspotError:
    return HubspotError(404, error_body(message, "OBJECT_NOT_FOUND"))


def unauthenticated() -> HubspotError:
    message = (
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you "
        "can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )
    return _unauthorized(error_body(message, "INVALID_AUTHENTICATION"))


def expired(seconds: int, expires: float) -> HubspotError:
    """`expires` is in epoch seconds. The context's key really holds a space."""
    instant = datetime.fromtimestamp(expires, UTC)
    stamp = instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"
    return _unauthorized(
        error_body(
            f"The OAuth token used to make this call expired {seconds} second(s) ago.",
            "EXPIRED_AUTHENTICATION",
            context={"expire time": [stamp]},
        )
    )


def _unauthorized(body: dict[str, Any]) -> HubspotError:
    return HubspotError(401, body, {"x-hubspot-auth-failure": "401 Unauthorized"})


def missing_scopes(scopes: tuple[str, ...]) -> HubspotError:
    message = (
        "This app hasn't been granted all required scopes to make this call. "
        f"Read more about required scopes here: {SCOPES_URL}."
    )
    needed = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    return HubspotError(
        403,
        error_body(message, "MISSING_SCOPES", errors=[needed], links={"scopes": SCOPES_URL}),
    )


_LIMITS = {
    "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
    "SECONDLY": "You have reached your secondly limit.",
    "DAILY": "You have reached your daily limit.",
}


def rate_limited(policy: str) -> HubspotError:
    """No Retry-After: the vendor does not send it reliably, so no client may need it."""
    body = {
        "status": "error",
        "message": _LIMITS[policy],
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid.uuid4()),
        "policyName": policy,
    }
    return HubspotError(429, body)


def page(status: int, title: str) -> HubspotError:
    """What the edge in front of the API answers: HTML."""
    text = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n"
    return HubspotError(
        status, f"{text}<body>\r\n<center><h1>{status} {title}</h1></center>\r\n</body>\r\n</html>"
    )


def token_refused(code: str, message: str) -> HubspotError:
    """The token endpoint's own form: `status` holds the code."""
    return HubspotError(
        400, {"status": code, "message": message, "correlationId": str(uuid.uuid4())}
    )


def missing_in_batch(singular: str, ids: list[str]) -> dict[str, Any]:
    """One entry of a batch answer's `errors`."""
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": (
            f"Could not get some {singular.upper()} objects, they may be deleted or not exist. "
            "Check that ids are valid."
        ),
        "context": {"ids": ids},
    }
