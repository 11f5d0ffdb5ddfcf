"""Each way of proving who we are, against the sandbox, and what a person is told when it fails."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ingestion.engine import client
from ingestion.engine.client import Answer
from ingestion.model import Landed
from ingestion.run import Home, land
from ingestion.sources.salesforce.login import judge_login
from sandbox.connection import (
    HUBSPOT_REFRESH_TOKEN,
    SALESFORCE_CLIENT_ID,
    SALESFORCE_REFRESH_TOKEN,
    SALESFORCE_USERNAME,
    environment,
    make_key_pair,
    oauth_environment,
)
from sandbox.context import Context
from tests.sandbox.serving import serving

PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
PLAIN = serialization.NoEncryption()


@dataclass
class Door:
    """A served company and what it was asked."""

    url: str
    home: Home

    def pull(self, source: str, settings: dict[str, str]) -> Landed:
        (landed,) = land(source, ["products"], settings=settings, home=self.home, mode="full")
        return landed

    def refused(self, source: str, settings: dict[str, str]) -> str:
        landed = self.pull(source, settings)
        assert landed.status == "failed"
        said = str(landed.reason)
        for name, value in settings.items():
            assert not name.endswith(("TOKEN", "SECRET")) or value not in said
        return said

    def control(self, path: str, body: object) -> None:
        requests.post(f"{self.url}/_control/{path}", json=body, timeout=5).raise_for_status()

    def asked(self) -> int:
        counts = requests.get(f"{self.url}/_control/requests", timeout=5).json()
        return sum(counts.values())


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    pair = make_key_pair()
    return pair.private, pair.public


@pytest.fixture
def door(company: Path, home: Home, keys: tuple[str, str]) -> Iterator[Door]:
    context = Context(company, enforce_limits=False, salesforce_public_key=keys[1])
    with serving(context) as url:
        yield Door(url, home)


@pytest.fixture
def signing(door: Door, keys: tuple[str, str], tmp_path: Path) -> dict[str, str]:
    key = tmp_path / "key.pem"
    key.write_text(keys[0])
    return {
        "SALESFORCE_LOGIN_URL": door.url,
        "SALESFORCE_CLIENT_ID": SALESFORCE_CLIENT_ID,
        "SALESFORCE_USERNAME": SALESFORCE_USERNAME,
        "SALESFORCE_PRIVATE_KEY_FILE": str(key),
    }


@pytest.mark.parametrize("source", ["hubspot", "salesforce"])
@pytest.mark.parametrize("way", [environment, oauth_environment])
def test_the_door_opens(door: Door, source: str, way: Callable[[str], dict[str, str]]) -> None:
    landed = door.pull(source, way(door.url))
    assert landed.status == "landed", landed.reason


def test_a_signed_assertion_opens_salesforce(
    door: Door, signing: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door.pull("salesforce", signing).status == "landed"
    monkeypatch.setenv("HOME", str(tmp_path))
    from_env = signing | {"SALESFORCE_PRIVATE_KEY_FILE": "~/key.pem"}
    assert door.pull("salesforce", from_env).status == "landed"


def test_a_replaced_refresh_token_is_kept_and_used(door: Door) -> None:
    door.control("salesforce", {"rotate_refresh_tokens": True})
    settings = oauth_environment(door.url)
    for _ in range(3):
        landed = door.pull("salesforce", settings)
        assert landed.status == "landed", landed.reason
    path = door.home.root / "secrets" / "salesforce.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["token"] != SALESFORCE_REFRESH_TOKEN
    path.unlink()
    said = door.refused("salesforce", settings)
    assert "authorise the app anew and set SALESFORCE_REFRESH_TOKEN" in said


def test_a_replaced_refresh_token_survives_a_run_that_fails_right_after(door: Door) -> None:
    door.control("salesforce", {"rotate_refresh_tokens": True})
    door.control("faults", {"path": "/limits", "kind": "status", "status": 410})
    settings = oauth_environment(door.url)
    assert "retired" in door.refused("salesforce", settings)
    requests.delete(f"{door.url}/_control/faults", timeout=5)
    assert door.pull("salesforce", settings).status == "landed"


def test_an_expired_access_token_is_renewed_in_the_middle(door: Door) -> None:
    door.control("salesforce", {"rotate_refresh_tokens": True})
    fault = {"path": "/query", "kind": "expired_token", "times": 1}
    door.control("faults", fault)
    assert door.pull("salesforce", oauth_environment(door.url)).status == "landed"
    door.control("faults", {"path": "/crm/objects", "kind": "expired_token", "times": 1})
    assert door.pull("hubspot", oauth_environment(door.url)).status == "landed"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"HUBSPOT_ACCESS_TOKEN": "pat-na1-of-another-account"}, "check HUBSPOT_ACCESS_TOKEN"),
        ({"HUBSPOT_ACCESS_TOKEN": "<html>"}, "check HUBSPOT_ACCESS_TOKEN"),  # 530 and HTML
        ({"HUBSPOT_CLIENT_ID": "another"}, "does not know the OAuth app: check HUBSPOT_CLIENT_ID"),
        ({"HUBSPOT_CLIENT_SECRET": "another"}, "check HUBSPOT_CLIENT_SECRET"),
        ({"HUBSPOT_REFRESH_TOKEN": "another"}, "check HUBSPOT_REFRESH_TOKEN"),
    ],
)
def test_a_wrong_hubspot_credential_is_named_at_once(
    door: Door, given: dict[str, str], sentence: str
) -> None:
    said = door.refused("hubspot", oauth_environment(door.url) | given)
    assert sentence in said
    assert HUBSPOT_REFRESH_TOKEN not in said
    assert door.asked() == 1


def test_an_oauth_token_given_as_a_fixed_one_is_recognised_when_it_expires(door: Door) -> None:
    door.control("faults", {"path": "/account-info", "kind": "expired_token"})
    assert "has expired, as OAuth tokens do" in door.refused("hubspot", environment(door.url))
    assert door.asked() == 1


def test_a_refused_oauth_session_does_not_blame_the_fixed_token(door: Door) -> None:
    door.control("faults", {"path": "/account-info", "kind": "status", "status": 401})
    said = door.refused("hubspot", oauth_environment(door.url))
    assert "check HUBSPOT_CLIENT_ID" in said
    assert "HUBSPOT_ACCESS_TOKEN" not in said


def test_missing_scopes_leave_entities_out_and_are_named(door: Door) -> None:
    door.control("scopes", {"withhold": ["crm.objects.products.read", "oauth"]})
    landed = door.pull("hubspot", environment(door.url))
    assert landed.status == "skipped"
    assert "crm.objects.products.read" in str(landed.reason)


REFUSALS = [
    ("invalid_grant", "expired access/refresh token", "set SALESFORCE_REFRESH_TOKEN"),
    ("invalid_grant", "inactive user", "activate it in Setup"),
    ("invalid_grant", "inactive organization", "check SALESFORCE_LOGIN_URL"),
    ("invalid_grant", "user hasn't approved this consumer", "let SALESFORCE_USERNAME use the app"),
    ("invalid_grant", "user is not admin approved", "permission set"),
    ("invalid_grant", "no client credentials user enabled", "has no Run As user"),
    ("invalid_grant", "ip restricted", "this machine's address is not allowed"),
    ("invalid_grant", "audience is invalid", "check SALESFORCE_LOGIN_URL"),
    ("invalid_grant", "token validity expired", "check this machine's clock"),
    ("invalid_grant", "invalid assertion", "SALESFORCE_PRIVATE_KEY_FILE belongs to the app"),
    ("invalid_grant", "request not supported on this domain", "the org's own My Domain address"),
    ("invalid_grant", "authentication failure", "check SALESFORCE_LOGIN_URL"),
    ("invalid_client", "invalid client credentials", "check SALESFORCE_CLIENT_SECRET"),
    ("invalid_client_id", "client identifier invalid", "check SALESFORCE_CLIENT_ID"),
    ("unsupported_grant_type", "grant type not supported", "enable its flow in Setup"),
]


@pytest.mark.parametrize(("error", "description", "sentence"), REFUSALS)
def test_each_of_salesforce_s_refusals_says_what_to_check(
    door: Door, error: str, description: str, sentence: str
) -> None:
    body = json.dumps({"error": error, "error_description": description})
    door.control("faults", {"path": "/oauth2/token", "kind": "status", "status": 400, "body": body})
    said = door.refused("salesforce", environment(door.url))
    assert f"({error}, {description})" in said
    assert sentence in said
    assert door.asked() == 1


def test_what_a_refusal_says_of_a_person_is_not_repeated(door: Door) -> None:
    body = json.dumps({"error": "invalid_grant", "error_description": "ana@client.example is out"})
    door.control("faults", {"path": "/oauth2/token", "kind": "status", "status": 400, "body": body})
    said = door.refused("salesforce", environment(door.url))
    assert "ana@client.example" not in said
    assert "(invalid_grant): check SALESFORCE_LOGIN_URL" in said


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"SALESFORCE_CLIENT_ID": "another"}, "check SALESFORCE_CLIENT_ID"),
        ({"SALESFORCE_CLIENT_SECRET": "another"}, "check SALESFORCE_CLIENT_SECRET"),
        ({"SALESFORCE_LOGIN_URL": "{url}/elsewhere"}, "no Salesforce login at this address"),
    ],
)
def test_a_wrong_salesforce_credential_is_named_at_once(
    door: Door, given: dict[str, str], sentence: str
) -> None:
    given = {name: value.replace("{url}", door.url) for name, value in given.items()}
    assert sentence in door.refused("salesforce", environment(door.url) | given)


@pytest.mark.parametrize(
    ("seconds", "sentence"), [(-7200, "7200 s ahead of"), (7200, "7200 s behind"), (20, "clock")]
)
def test_a_clock_that_is_wrong_is_measured(seconds: int, sentence: str) -> None:
    now = datetime.now(UTC)
    headers = {"Date": format_datetime(now + timedelta(seconds=seconds), usegmt=True)}
    body = b'{"error":"invalid_grant","error_description":"token validity expired"}'
    verdict = judge_login(Answer("POST", "/services/oauth2/token", 400, headers, body))
    # The header has whole seconds, and one may pass meanwhile.
    said = verdict.reason.replace("7201", "7200").replace("7199", "7200")
    assert sentence in said
    assert (" s " in said) == (abs(seconds) > 60)


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, passphrase: bytes = b"") -> bytes:
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else PLAIN
    return key.private_bytes(PEM, PKCS8, lock)


@pytest.fixture(scope="module")
def bad_keys(keys: tuple[str, str]) -> dict[str, bytes]:
    good = serialization.load_pem_private_key(keys[0].encode(), None)
    assert isinstance(good, rsa.RSAPrivateKey)
    return {
        "of the app's other half": keys[1].encode(),
        "with a passphrase": _pem(good, b"secret"),
        "elliptic": _pem(ec.generate_private_key(ec.SECP256R1())),
        "no key": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "binary": bytes(range(256)),
        "empty": b"",
    }


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("of the app's other half", "the private key is none"),
        ("with a passphrase", "has a passphrase"),
        ("elliptic", "of another kind"),
        ("no key", "the private key is none"),
        ("binary", "the private key is none"),
        ("empty", "the private key is none"),
        ("absent", "No such file"),
        ("a folder", "Is a directory"),
    ],
)
def test_a_wrong_key_file_is_told_without_asking(
    door: Door,
    signing: dict[str, str],
    bad_keys: dict[str, bytes],
    tmp_path: Path,
    kind: str,
    sentence: str,
) -> None:
    path = tmp_path / "other.pem"
    if kind in bad_keys:
        path.write_bytes(bad_keys[kind])
    elif kind == "a folder":
        path.mkdir()
    said = door.refused("salesforce", signing | {"SALESFORCE_PRIVATE_KEY_FILE": str(path)})
    assert sentence in said
    assert "check that SALESFORCE_PRIVATE_KEY_FILE names a PEM file" in said
    assert door.asked() == 0


def test_a_key_of_another_app_is_told(door: Door, signing: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_text(make_key_pair().private)
    said = door.refused(
        "salesforce", signing | {"SALESFORCE_PRIVATE_KEY_FILE": str(tmp_path / "other.pem")}
    )
    assert "the key in SALESFORCE_PRIVATE_KEY_FILE belongs to the app's certificate" in said


@pytest.mark.parametrize(
    ("status", "code", "message", "sentence"),
    [
        (403, "API_DISABLED_FOR_ORG", "", "the permission API Enabled"),
        (403, "API_CURRENTLY_DISABLED", "", "the permission API Enabled"),
        (
            401,
            "INVALID_SESSION_ID",
            "This session is not valid for use with the REST API",
            "check that its OAuth scopes hold `api`",
        ),
        (
            401,
            "INVALID_SESSION_ID",
            "Session expired or invalid",
            "a new token was refused as well",
        ),
    ],
)
def test_an_org_that_closes_its_api_says_so(
    door: Door, status: int, code: str, message: str, sentence: str
) -> None:
    body = json.dumps([{"errorCode": code, "message": message}])
    door.control("faults", {"path": "/limits", "kind": "status", "status": status, "body": body})
    assert sentence in door.refused("salesforce", environment(door.url))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1:9", "nothing listens there"),
        ("https://crm.invalid", "its name is not known"),
    ],
)
@pytest.mark.parametrize(
    ("source", "setting"),
    [("hubspot", "HUBSPOT_BASE_URL"), ("salesforce", "SALESFORCE_LOGIN_URL")],
)
def test_an_address_that_does_not_answer_is_given_up_soon(
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    why: str,
    source: str,
    setting: str,
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("ingestion.engine.pace.Pace.sleep", lambda self, s: waited.append(s))
    said = door.refused(source, environment(door.url) | {setting: address})
    assert f"failed ({why}): check {setting} and this machine's network" in said
    assert sum(waited) < 2


def test_what_fails_after_the_first_answer_is_waited_out(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is right then: a network that is gone for some seconds comes back."""
    broken = iter(range(5))
    real = requests.Session.request

    def flaky(self: requests.Session, method: str, url: str, **more: object) -> requests.Response:
        if "/crm/objects" in url and next(broken, None) is not None:
            return real(self, method, "http://127.0.0.1:9/", **more)  # type: ignore[arg-type]
        return real(self, method, url, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.Session, "request", flaky)
    monkeypatch.setattr("ingestion.engine.pace.Pace.sleep", lambda self, seconds: None)
    assert client.MAX_TRIES > 5
    assert door.pull("hubspot", environment(door.url)).status == "landed"


@pytest.mark.parametrize(
    ("source", "setting", "path"),
    [
        ("hubspot", "HUBSPOT_BASE_URL", "/account-info"),
        ("salesforce", "SALESFORCE_LOGIN_URL", "/oauth2/token"),
    ],
)
@pytest.mark.parametrize(
    ("status", "sentence", "asked"),
    [(200, "a web page, not data", 3), (301, "status 301, which leads elsewhere", 1)],
)
def test_an_address_where_another_answers_is_told(
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    setting: str,
    path: str,
    status: int,
    sentence: str,
    asked: int,
) -> None:
    monkeypatch.setattr("ingestion.engine.pace.Pace.sleep", lambda self, seconds: None)
    door.control("faults", {"path": path, "kind": "html", "status": status})
    said = door.refused(source, environment(door.url))
    assert f"{sentence}: check {setting} and this machine's network" in said
    assert door.asked() == asked


def test_a_page_of_the_edge_at_the_very_beginning_is_waited_out(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.engine.pace.Pace.sleep", lambda self, seconds: None)
    door.control("faults", {"path": "/account-info", "kind": "html", "status": 503, "times": 5})
    assert door.pull("hubspot", environment(door.url)).status == "landed"
