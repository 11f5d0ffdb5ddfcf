"""How Salesforce hands out access tokens, and which setting to look at when it does not."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.client import Answer, Client, Verdict, retry_after
from ingestion.engine.errors import CredentialsError, FatalError
from ingestion.engine.pace import Pace
from ingestion.engine.reach import Reach
from ingestion.engine.tokens import RefreshToken, home_of

ADDRESS = "SALESFORCE_LOGIN_URL"
ID, SECRET = "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"
USER, KEY = "SALESFORCE_USERNAME", "SALESFORCE_PRIVATE_KEY_FILE"
REFRESH = "SALESFORCE_REFRESH_TOKEN"

# Tokens do not say when they end; sessions end after 15 minutes at the earliest.
TOKEN_SECONDS = 840.0
ASSERTION_SECONDS = 180
CLOCKS_AGREE = 60.0  # seconds

_AUTHORISE = f"authorise the app anew and set {REFRESH}"
# By what the vendor says, the first that fits; the part before the colon of `error: description`
# is not enough, nearly all are `invalid_grant`.
_REFUSALS: tuple[tuple[str, str], ...] = (
    ("expired access/refresh token", f"the refresh token has ended, was revoked or is replaced: {_AUTHORISE}"),
    ("inactive user", "the user that the app runs as is inactive: activate it in Setup, Users"),
    ("inactive organization", f"the org is inactive or locked: check {ADDRESS}"),
    ("hasn't approved this consumer", f"let {USER} use the app beforehand (app policies, permitted users)"),
    ("not admin approved", "give the user a profile or permission set that the app's policies permit"),
    ("no client credentials user", "the app has no Run As user: name one in its client credentials policy"),
    ("ip restricted", "this machine's address is not allowed: check the app's IP relaxation and the profile's login ranges"),
    ("audience is invalid", f"check {ADDRESS}: login.salesforce.com, test.salesforce.com or the org's My Domain"),
    ("not supported on this domain", f"client credentials need the org's own My Domain address in {ADDRESS}"),
    ("client identifier", f"check {ID}: the app's consumer key, and that {ADDRESS} leads to its org"),
    ("invalid_client_id", f"check {ID}: the app's consumer key, and that {ADDRESS} leads to its org"),
    ("invalid_client", f"check {SECRET}: the app's consumer secret"),
    ("token validity expired", "the signed assertion came too late: check this machine's clock"),
    ("assertion", f"check that the key in {KEY} belongs to the app's certificate, {ID} and this machine's clock"),
    ("unsupported_grant_type", "the app does not allow this way of logging in: enable its flow in Setup"),
)  # fmt: skip
_OTHERWISE = (
    f"check {ADDRESS} (client credentials need the org's own My Domain address), {ID} and the "
    "secret, key or token beside it"
)
_PLAIN = re.compile(r"[A-Za-z_/' -]{1,80}")  # no address, no number: nothing of a person's


def missing(settings: Mapping[str, str]) -> str | None:
    if settings.get(ID) and (
        settings.get(SECRET) or settings.get(REFRESH) or (settings.get(USER) and settings.get(KEY))
    ):
        return None
    return f"set {ID} with {SECRET}, with {USER} and {KEY}, or with {REFRESH}"


def keeper(settings: Mapping[str, str], *, login_url: str, pace: Pace, reach: Reach) -> TokenKeeper:
    def ask(form: Mapping[str, str]) -> tuple[Token, str | None]:
        asked_at = time.monotonic()
        with Client(login_url, judge=judge_login, pace=pace, reach=reach) as client:
            answer = client.post_form("/services/oauth2/token", form)
        try:
            body = answer.json
            value, instance = str(body["access_token"]), str(body["instance_url"])
            successor = body.get("refresh_token")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FatalError("Salesforce's token answer holds no token") from error
        token = Token(value, base_url=instance.rstrip("/"), expires_at=asked_at + TOKEN_SECONDS)
        return token, None if successor is None else str(successor)

    client_form = {"client_id": settings[ID]}
    if settings.get(SECRET):
        client_form["client_secret"] = settings[SECRET]
    if settings.get(REFRESH):
        line = RefreshToken(home_of(settings), "salesforce", REFRESH, settings[REFRESH])

        def refreshed(refresh_token: str) -> tuple[Token, str | None]:
            grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
            return ask(client_form | grant)

        return TokenKeeper(lambda: line.exchange(refreshed))
    if settings.get(USER) and settings.get(KEY):
        return TokenKeeper(lambda: ask(_signed(settings, login_url))[0])
    return TokenKeeper(lambda: ask(client_form | {"grant_type": "client_credentials"})[0])


def _signed(settings: Mapping[str, str], login_url: str) -> dict[str, str]:
    claims: dict[str, Any] = {
        "iss": settings[ID],
        "sub": settings[USER],
        "aud": login_url.rstrip("/"),
        "exp": int(time.time()) + ASSERTION_SECONDS,
    }
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": jwt.encode(claims, _private_key(settings[KEY]), algorithm="RS256"),
    }


def _private_key(path: str) -> rsa.RSAPrivateKey:
    advice = f"check that {KEY} names a PEM file with an RSA key"
    try:
        # Nobody expands a ~ that stands in .env.
        content = Path(path).expanduser().read_bytes()
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such path"
        raise CredentialsError(f"the private key cannot be read ({why}): {advice}") from error
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except TypeError as error:
        raise CredentialsError(
            f"the private key has a passphrase: {advice} that has none"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CredentialsError(f"the private key is none: {advice}") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CredentialsError(f"the private key is of another kind: {advice}")
    return key


def judge_login(answer: Answer) -> Verdict:
    code, description = _refusal(answer)
    if answer.status == 429 or code == "rate_limit_exceeded":
        return Verdict("pause", "too many logins", retry_after(answer) or 10.0)
    if answer.status >= 500 or answer.status in (406, 420):
        return Verdict("retry", f"status {answer.status}", retry_after(answer))
    if not code:
        return Verdict(
            "credentials",
            f"no Salesforce login at this address (status {answer.status}): check {ADDRESS}",
        )
    said = ", ".join(text for text in (code, description) if _PLAIN.fullmatch(text))
    advice = next((advice for text, advice in _REFUSALS if text in said.lower()), _OTHERWISE)
    if "assertion" in said or "validity" in said:
        advice += _clocks(answer)
    return Verdict("credentials", f"Salesforce does not let us in ({said}): {advice}")


def _clocks(answer: Answer) -> str:
    if answer.date is None:
        return ""
    ahead = (datetime.now(UTC) - answer.date).total_seconds()
    if abs(ahead) < CLOCKS_AGREE:
        return ""
    return f"; it is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} Salesforce's"


def _refusal(answer: Answer) -> tuple[str, str]:
    """The token endpoint answers an object, not the array of the other calls."""
    try:
        body = answer.json
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return str(body.get("error") or ""), str(body.get("error_description") or "")
