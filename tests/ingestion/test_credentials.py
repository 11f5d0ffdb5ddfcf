"""Each way of proving who we are, against the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.run import Home, land
from sandbox.connection import (
    SALESFORCE_CLIENT_ID,
    SALESFORCE_USERNAME,
    make_key_pair,
    oauth_environment,
)
from sandbox.context import Context
from tests.sandbox.serving import serving


@pytest.mark.parametrize(
    ("source", "entity"), [("hubspot", "products"), ("salesforce", "products")]
)
def test_a_refresh_token_opens_the_door(
    company: Path, home: Home, source: str, entity: str
) -> None:
    with serving(Context(company, enforce_limits=False)) as url:
        (landed,) = land(
            source, [entity], settings=oauth_environment(url), home=home, mode="incremental"
        )
    assert landed.status == "landed", landed.reason


def test_a_signed_assertion_opens_salesforce(company: Path, home: Home, tmp_path: Path) -> None:
    pair = make_key_pair()
    key = tmp_path / "key.pem"
    key.write_text(pair.private)
    context = Context(company, enforce_limits=False, salesforce_public_key=pair.public)
    with serving(context) as url:
        settings = {
            "SALESFORCE_LOGIN_URL": url,
            "SALESFORCE_CLIENT_ID": SALESFORCE_CLIENT_ID,
            "SALESFORCE_USERNAME": SALESFORCE_USERNAME,
            "SALESFORCE_PRIVATE_KEY_FILE": str(key),
        }
        (landed,) = land("salesforce", ["products"], settings=settings, home=home, mode="full")
        settings["SALESFORCE_PRIVATE_KEY_FILE"] = str(tmp_path / "absent.pem")
        (refused,) = land("salesforce", ["products"], settings=settings, home=home, mode="full")
    assert landed.status == "landed", landed.reason
    assert refused.status == "failed"
    assert "names a PEM file" in str(refused.reason)
