"""How HubSpot hands out access tokens, and which setting to look at when it does not."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.client import Answer, Client, Verdict, retry_after
from ingestion.engine.errors import FatalError
from ingestion.engine.pace import Pace
from ingestion.engine.reach import Reach
from ingestion.engine.tokens import RefreshToken, home_of

ACCESS = "HUBSPOT_ACCESS_TOKEN"
ID, SECRET, REFRESH = "HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", "HUBSPOT_REFRESH_TOKEN"
ADDRESS = "HUBSPOT_BASE_URL"

CHECK_ACCESS = (
    f"HubSpot does not accept the access token: check {ACCESS} "
    "(a private app's token or a service key of this account)"
)
CHECK_OAUTH = (
    f"HubSpot does not accept the OAuth credentials: check {ID}, {SECRET} and {REFRESH}, "
    "and that the app is still installed"
)
HAS_EXPIRED = (
    f"the access token in {ACCESS} has expired, as OAuth tokens do after half an hour: set a "
    f"private app's token, or {ID}, {SECRET} and {REFRESH} instead"
)
NO_SUCH_ADDRESS = f"HubSpot does not know this address: check HUBSPOT_API_VERSION and {ADDRESS}"

_REFUSALS = {
    "BAD_CLIENT_ID": f"HubSpot does not know the OAuth app: check {ID}",
    "BAD_CLIENT_SECRET": f"HubSpot does not accept the OAuth app's secret: check {SECRET}",
    "BAD_REFRESH_TOKEN": (
        f"HubSpot does not accept the refresh token: check {REFRESH}, and that the app is still "
        "installed in this account"
    ),
}


def missing(settings: Mapping[str, str]) -> str | None:
    oauth = (ID, SECRET, REFRESH)
    if settings.get(ACCESS) or all(settings.get(name) for name in oauth):
        return None
    return f"set {ACCESS}, or {', '.join(oauth)}"


def has_fixed_token(settings: Mapping[str, str]) -> bool:
    """A fixed token wins over OAuth, and nothing renews it."""
    return bool(settings.get(ACCESS))


def keeper(
    settings: Mapping[str, str], *, base_url: str, version: str, pace: Pace, reach: Reach
) -> TokenKeeper:
    if has_fixed_token(settings):
        fixed = Token(settings[ACCESS])
        return TokenKeeper(lambda: fixed)
    line = RefreshToken(home_of(settings), "hubspot", REFRESH, settings[REFRESH])

    def ask(refresh_token: str) -> tuple[Token, str | None]:
        asked_at = time.monotonic()
        with Client(base_url, judge=_judge, pace=pace, reach=reach) as client:
            answer = client.post_form(
                f"/oauth/{version}/token",
                {
                    "grant_type": "refresh_token",
                    "client_id": settings[ID],
                    "client_secret": settings[SECRET],
                    "refresh_token": refresh_token,
                },
            )
        try:
            body = answer.json
            value, seconds = str(body["access_token"]), float(body["expires_in"])
            # The vendor says that it does not replace refresh tokens; if it ever does, we are ready.
            successor = body.get("refresh_token")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FatalError("HubSpot's token answer holds no token") from error
        token = Token(value, expires_at=asked_at + seconds)
        return token, None if successor is None else str(successor)

    return TokenKeeper(lambda: line.exchange(ask))


def _judge(answer: Answer) -> Verdict:
    if answer.status == 429:
        return Verdict("pause", "rate limit", retry_after(answer))
    if answer.status >= 500 and answer.status != 530:
        return Verdict("retry", f"status {answer.status}", retry_after(answer))
    if answer.status == 404:
        return Verdict("fatal", NO_SUCH_ADDRESS)
    return Verdict("credentials", _REFUSALS.get(_code(answer), CHECK_OAUTH))


def _code(answer: Answer) -> str:
    """Of a refusal, in the vendor's own form or in the standard's."""
    try:
        body = answer.json
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    code = str(body.get("status") or "")
    return {"invalid_client": "BAD_CLIENT_SECRET", "invalid_grant": "BAD_REFRESH_TOKEN"}.get(
        str(body.get("error") or ""), code
    )
