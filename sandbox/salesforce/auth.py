"""The token endpoint, and who may call. Bodies of refusal are objects here, not arrays."""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import jwt

from sandbox import connection
from sandbox.context import Token
from sandbox.salesforce.cursors import new_id
from sandbox.salesforce.errors import ApiError, session_invalid
from sandbox.salesforce.org import Org, organization, running_user

VENDOR = "salesforce"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LOGIN_HOSTS = ("login.", "test.")
_AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
_LONGEST_ASSERTION = 300  # seconds ahead; the vendor says three minutes and grants some skew


class TokenError(Exception):
    """A refusal of the token endpoint, always 400."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.body = {"error": error, "error_description": description}


def grant(org: Org, headers: Mapping[str, str], body: bytes, base_url: str) -> dict[str, Any]:
    """The answer of the token endpoint to a form."""
    form = dict(parse_qsl(body.decode("utf-8", "replace")))
    kind = form.get("grant_type")
    refresh_token = None
    if kind == "client_credentials":
        # Only the My Domain host knows the app's run-as user.
        if headers.get("host", "").startswith(_LOGIN_HOSTS):
            raise TokenError("invalid_grant", "request not supported on this domain")
        _check_client(form, headers, secret_needed=True)
    elif kind == "refresh_token":
        _check_client(form, headers, secret_needed=False)
        refresh_token = _refresh(org, form)
    elif kind == JWT_BEARER:
        _check_assertion(org, form.get("assertion", ""), base_url)
    elif kind == "password":
        raise TokenError("invalid_grant", "authentication failure")
    else:
        raise TokenError("unsupported_grant_type", "grant type not supported")
    return _token(org, base_url, refresh_token)


def authorize(org: Org, headers: Mapping[str, str]) -> Token:
    """The token of a call, or the vendor's 401."""
    header = headers.get("authorization", "")
    scheme, _, value = header.partition(" ")
    if header and scheme.lower() not in {"bearer", "oauth"}:
        raise ApiError(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
    token = org.context.tokens.find(value.strip())
    if token is None or token.vendor != VENDOR or token.expires <= time.time():
        raise session_invalid()
    return token


def userinfo(org: Org, base_url: str) -> dict[str, Any]:
    """Who the token belongs to."""
    store = org.context.store()
    user, company = running_user(store), organization(store)
    rest = f"{base_url}/services/data/v{{version}}/"
    return {
        "sub": f"{base_url}/id/{company['Id']}/{user['Id']}",
        "user_id": user["Id"],
        "organization_id": company["Id"],
        "preferred_username": user.get("Username"),
        "nickname": user.get("Username"),
        "name": user.get("Name"),
        "email": user.get("Email"),
        "email_verified": True,
        "zoneinfo": user.get("TimeZoneSidKey") or company.get("TimeZoneSidKey"),
        "active": user.get("IsActive", True),
        "user_type": "STANDARD",
        "urls": {
            "rest": rest,
            "query": f"{rest}query/",
            "sobjects": f"{rest}sobjects/",
            "custom_domain": base_url,
        },
    }


def _check_client(
    form: Mapping[str, str], headers: Mapping[str, str], *, secret_needed: bool
) -> None:
    client, secret = form.get("client_id"), form.get("client_secret")
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise TokenError("invalid_client", "invalid client credentials") from error
    if client != connection.SALESFORCE_CLIENT_ID:
        raise TokenError("invalid_client_id", "client identifier invalid")
    if secret != connection.SALESFORCE_CLIENT_SECRET and (secret_needed or secret is not None):
        raise TokenError("invalid_client", "invalid client credentials")


def _refresh(org: Org, form: Mapping[str, str]) -> str | None:
    """Accept a refresh token; with rotation it dies and its successor is returned."""
    offered = form.get("refresh_token", "")
    with org.lock:
        if offered not in org.refresh_tokens:
            raise TokenError("invalid_grant", "expired access/refresh token")
        if not org.settings.rotate_refresh_tokens:
            return None
        org.refresh_tokens.discard(offered)
        successor = "5Aep861" + new_id("")
        org.refresh_tokens.add(successor)
        return successor


def _check_assertion(org: Org, assertion: str, base_url: str) -> None:
    if org.context.salesforce_public_key is None:
        raise TokenError("invalid_grant", "invalid assertion")
    try:
        claims = jwt.decode(
            assertion,
            org.context.salesforce_public_key,
            algorithms=["RS256"],
            audience=[*_AUDIENCES, base_url],
            options={"require": ["exp", "iss", "sub", "aud"]},
        )
    except jwt.InvalidAudienceError as error:
        raise TokenError("invalid_grant", "audience is invalid") from error
    except jwt.ExpiredSignatureError as error:
        raise TokenError("invalid_grant", "token validity expired") from error
    except jwt.InvalidTokenError as error:
        raise TokenError("invalid_grant", "invalid assertion") from error
    if claims["iss"] != connection.SALESFORCE_CLIENT_ID:
        raise TokenError("invalid_client_id", "client identifier invalid")
    if claims["sub"] != connection.SALESFORCE_USERNAME:
        raise TokenError("invalid_grant", "user hasn't approved this consumer")
    if int(claims["exp"]) > time.time() + _LONGEST_ASSERTION:
        raise TokenError("invalid_grant", "invalid assertion")


def _token(org: Org, base_url: str, refresh_token: str | None) -> dict[str, Any]:
    store = org.context.store()
    user, company = running_user(store), organization(store)
    identity = f"{base_url}/id/{company['Id']}/{user['Id']}"
    access_token = org.context.tokens.issue(
        VENDOR,
        str(user["Id"]),
        seconds=org.context.access_token_seconds,
        prefix=f"{company['Id'][:15]}!AQ",
    )
    issued_at = str(round(time.time() * 1000))
    digest = hashlib.sha256(f"{identity}{issued_at}".encode()).digest()
    answer: dict[str, Any] = {
        "access_token": access_token,
        "signature": base64.b64encode(digest).decode(),
        "scope": "api refresh_token",
        "instance_url": base_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }
    if refresh_token is not None:
        answer["refresh_token"] = refresh_token
    return answer
