"""How Pipedrive lets us in: a user's API token, or an OAuth app's access tokens."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.client import Answer, Client, Verdict, retry_after
from ingestion.engine.errors import FatalError
from ingestion.engine.pace import Pace
from ingestion.engine.reach import Reach
from ingestion.engine.tokens import RefreshToken, home_of

API_TOKEN = "PIPEDRIVE_API_TOKEN"  # noqa: S105
ID, SECRET, REFRESH = "PIPEDRIVE_CLIENT_ID", "PIPEDRIVE_CLIENT_SECRET", "PIPEDRIVE_REFRESH_TOKEN"
ADDRESS = "PIPEDRIVE_BASE_URL"

# Whatever the account's own address, its tokens come from here.
_OAUTH_URL = "https://oauth.pipedrive.com"
_VENDOR = "pipedrive.com"

CHECK_TOKEN = (
    f"Pipedrive does not accept the API token: check {API_TOKEN} "
    "(personal preferences, API, of a user who sees all deals)"
)
_REFUSALS = {
    "invalid_client": f"Pipedrive does not know the OAuth app: check {ID} and {SECRET}",
    "invalid_grant": (
        f"Pipedrive does not accept the refresh token: check {REFRESH}; one that nobody has used "
        "for two months is dead, and the app has to be installed anew"
    ),
}
_CHECK_OAUTH = (
    f"Pipedrive does not accept the OAuth credentials: check {ID}, {SECRET} and {REFRESH}"
)


def missing(settings: Mapping[str, str]) -> str | None:
    oauth = (ID, SECRET, REFRESH)
    if settings.get(API_TOKEN) or all(settings.get(name) for name in oauth):
        return None
    return f"set {API_TOKEN}, or {', '.join(oauth)}"


def has_fixed_token(settings: Mapping[str, str]) -> bool:
    """A fixed token wins over OAuth, and nothing renews it."""
    return bool(settings.get(API_TOKEN))


def keeper(settings: Mapping[str, str], *, base_url: str, pace: Pace, reach: Reach) -> TokenKeeper:
    if has_fixed_token(settings):
        fixed = Token(settings[API_TOKEN], header="x-api-token")
        return TokenKeeper(lambda: fixed)
    line = RefreshToken(home_of(settings), "pipedrive", REFRESH, settings[REFRESH])
    app = b64encode(f"{settings[ID]}:{settings[SECRET]}".encode()).decode()

    def ask(refresh_token: str) -> tuple[Token, str | None]:
        asked_at = time.monotonic()
        with Client(_oauth_url(base_url), judge=_judge, pace=pace, reach=reach) as client:
            answer = client.post_form(
                "/oauth/token",
                {"grant_type": "refresh_token", "refresh_token": refresh_token},
                headers={"Authorization": f"Basic {app}"},
            )
        try:
            body = answer.json
            value, seconds = str(body["access_token"]), float(body["expires_in"])
            host, successor = str(body["api_domain"]), body.get("refresh_token")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FatalError("Pipedrive's token answer holds no token") from error
        token = Token(value, base_url=host.rstrip("/"), expires_at=asked_at + seconds)
        return token, None if successor is None else str(successor)

    return TokenKeeper(lambda: line.exchange(ask))


def _oauth_url(base_url: str) -> str:
    """A stand-in for the vendor, a proxy say, hands out its own."""
    host = urlsplit(base_url).hostname or ""
    is_vendor = host == _VENDOR or host.endswith(f".{_VENDOR}")
    return _OAUTH_URL if is_vendor else base_url


def _judge(answer: Answer) -> Verdict:
    if answer.status == 429:
        return Verdict("pause", "rate limit", retry_after(answer))
    if answer.status >= 500:
        return Verdict("retry", f"status {answer.status}", retry_after(answer))
    if answer.status == 404:
        return Verdict("fatal", f"Pipedrive does not know this address: check {ADDRESS}")
    try:
        code = str(answer.json["error"])
    except (ValueError, KeyError, TypeError):
        code = ""
    return Verdict("credentials", _REFUSALS.get(code, _CHECK_OAUTH))
