"""Pipedrive's token endpoint: the app proves itself in a Basic header, not in the form."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.datastructures import URL
from starlette.responses import Response

from sandbox.connection import (
    PIPEDRIVE_CLIENT_ID,
    PIPEDRIVE_CLIENT_SECRET,
    PIPEDRIVE_REFRESH_TOKEN,
)
from sandbox.context import Context
from sandbox.pipedrive.call import VENDOR, answer

SCOPES = "base deals:read contacts:read products:read activities:read leads:read users:read"


def token(context: Context, headers: Mapping[str, str], body: bytes, base_url: URL) -> Response:
    """A new access token; the answer names the host that it is good for."""
    context.count("POST /oauth/token")
    if _app(headers) != (PIPEDRIVE_CLIENT_ID, PIPEDRIVE_CLIENT_SECRET):
        return _refused(401, "invalid_client", "Client authentication failed")
    form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    if form.get("grant_type") != "refresh_token":
        return _refused(400, "unsupported_grant_type", "grant_type must be refresh_token")
    if form.get("refresh_token") != PIPEDRIVE_REFRESH_TOKEN:
        return _refused(400, "invalid_grant", "Refresh token is invalid")
    seconds = context.access_token_seconds
    return answer(
        {
            "access_token": context.tokens.issue(VENDOR, "oauth app", seconds=seconds),
            "token_type": "bearer",
            "refresh_token": PIPEDRIVE_REFRESH_TOKEN,
            "scope": SCOPES,
            "expires_in": seconds,
            "api_domain": str(base_url).rstrip("/"),
        }
    )


def _app(headers: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, packed = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = b64decode(packed).decode().partition(":")
    except (NotBase64, ValueError):
        return "", ""
    return name, secret


def _refused(status: int, error: str, message: str) -> Response:
    return answer({"success": False, "error": error, "message": message}, status)
