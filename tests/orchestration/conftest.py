"""The toy CRM among the registered ones, and a business in a temporary folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from ingestion.model import Source
from ingestion.sources import SOURCES
from orchestration.resources import Account, Business
from tests.orchestration.toy import DEALS_ENTITY, OWNERS_ENTITY, TOY, broken


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setitem(cast("dict[str, Source]", SOURCES), "toy", TOY)
    return TOY


@pytest.fixture
def toy_without_owners(monkeypatch: pytest.MonkeyPatch) -> Source:
    """Its owners cannot be read."""
    entities = {"deals": DEALS_ENTITY, "owners": replace(OWNERS_ENTITY, extract=broken)}
    source = replace(TOY, entities=entities)
    monkeypatch.setitem(cast("dict[str, Source]", SOURCES), "toy", source)
    return source


@pytest.fixture
def business(tmp_path: Path) -> Business:
    return Business(
        home=str(tmp_path / "var"),
        as_of="",
        timezone="UTC",
        currency="USD",
        country="US",
        fiscal_year_start_month="1",
    )


@pytest.fixture
def resources(business: Business) -> dict[str, object]:
    return {"business": business, "toy": Account(settings={"TOY_TOKEN": "secret"})}
