"""OAuth: the token endpoint and what can be asked about a token. No bearer is needed here."""

from __future__ import annotations

import time
from urllib.parse import parse_qs

from starlette.responses import Response

from sandbox.connection import (
    HUBSPOT_CLIENT_ID,
    HUBSPOT_CLIENT_SECRET,
    HUBSPOT_REFRESH_TOKEN,
)
from sandbox.hubspot.access import VENDOR
from sandbox.hubspot.call import Call, answer
from sandbox.hubspot.catalogue import all_scopes
from sandbox.hubspot.errors import not_found, token_refused
from sandbox.hubspot.settings import account

_USER_ID = 73074756


def token(call: Call) -> Response:
    """Refresh; the refresh token comes back unchanged, for the vendor does not rotate it."""
    form = _form(call)
    if form.get("client_id") != HUBSPOT_CLIENT_ID:
        raise token_refused("BAD_CLIENT_ID", "missing or unknown client id")
    if form.get("client_secret") != HUBSPOT_CLIENT_SECRET:
        raise token_refused("BAD_CLIENT_SECRET", "missing or invalid client secret")
    grant = form.get("grant_type")
    if grant == "authorization_code":
        raise token_refused("BAD_AUTH_CODE", "missing or unknown auth code")
    if grant != "refresh_token":
        raise token_refused("BAD_GRANT_TYPE", "missing or unknown grant type")
    if form.get("refresh_token") != HUBSPOT_REFRESH_TOKEN:
        raise token_refused("BAD_REFRESH_TOKEN", "missing or unknown refresh token")
    seconds = call.context.access_token_seconds
    value = call.context.tokens.issue(VENDOR, "oauth app", seconds=seconds, prefix="C")
    body = {
        "access_token": value,
        "refresh_token": HUBSPOT_REFRESH_TOKEN,
        "expires_in": seconds,
        "token_type": "bearer",
    }
    if call.version != "v1":
        body |= {
            "token_use": "access_token",
            "hub_id": account(call).get("portalId"),
            "user_id": _USER_ID,
            "scopes": _scopes(call),
        }
    return answer(body)


def introspect(call: Call) -> Response:
    value = _form(call).get("token", "")
    known = call.context.tokens.find(value)
    left = known.expires - time.time() if known and known.vendor == VENDOR else 0
    if left <= 0:
        return answer({"active": False})
    return answer({"active": True} | _details(call, value, left))


def access_token(call: Call) -> Response:
    """The older form of the same question, with the token in the path."""
    value = call.segment("token")
    known = call.context.tokens.find(value)
    left = known.expires - time.time() if known and known.vendor == VENDOR else 0
    if left <= 0:
        raise not_found("the access token is unknown or expired")
    return answer({"token": value} | _details(call, value, left))


def revoke(call: Call) -> Response:
    call.context.tokens.forget(_form(call).get("token", ""))
    return Response(status_code=204)


def _form(call: Call) -> dict[str, str]:
    fields = parse_qs(call.body.decode("utf-8", "replace"))
    return {name: values[-1] for name, values in fields.items()}


def _scopes(call: Call) -> list[str]:
    return sorted(all_scopes() - call.context.withheld_scopes)


def _details(call: Call, value: str, left: float) -> dict[str, object]:
    return {
        "token_type": "access",
        "hub_id": account(call).get("portalId"),
        "user_id": _USER_ID,
        "client_id": HUBSPOT_CLIENT_ID,
        "expires_in": int(left),
        "scopes": _scopes(call),
    }
