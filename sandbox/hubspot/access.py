"""Who may ask: tokens, scopes. Endpoints behind it never see an unknown caller."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from sandbox.connection import HUBSPOT_ACCESS_TOKEN
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalogue import all_scopes
from sandbox.hubspot.errors import expired, missing_scopes, page, unauthenticated

VENDOR = "hubspot"
# What the edge lets through as a token at all; anything else never reaches the API.
_TOKEN_FORM = re.compile(r"[A-Za-z0-9_.=~+/-]{10,}")


def authenticate(call: Call) -> None:
    """Set the call's identity or refuse."""
    header = call.request.headers.get("authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "bearer" or not value:
        raise unauthenticated()
    if value == HUBSPOT_ACCESS_TOKEN:
        call.identity = "private app"
        return
    if not _TOKEN_FORM.fullmatch(value):
        raise page(530, "Origin DNS Error")
    token = call.context.tokens.find(value)
    if token is None or token.vendor != VENDOR:
        raise unauthenticated()
    late = time.time() - token.expires
    if late >= 0:
        raise expired(int(late), token.expires)
    call.identity, call.is_oauth = token.subject, True


def require(call: Call, scopes: Sequence[str]) -> None:
    """Any one of the scopes is enough; none asked for means anybody known."""
    if not scopes:
        return
    granted = all_scopes() - call.context.withheld_scopes
    if not granted.intersection(scopes):
        raise missing_scopes(tuple(scopes))


def definition_scopes(scopes: Sequence[str]) -> tuple[str, ...]:
    """Pipelines and definitions: any scope of the object concerned."""
    schemas = tuple(s.replace(".objects.", ".schemas.") for s in scopes if ".objects." in s)
    return (*scopes, *schemas)
