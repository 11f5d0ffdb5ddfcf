"""A small company on disk, made once for all tests here; and its lives in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.company import generate
from sandbox.company.births import Config
from sandbox.company.dates import DEFAULT_NOW
from sandbox.company.life import lives
from sandbox.company.model import Life

SMALL = Config(seed=7, deals=400)


@pytest.fixture(scope="session")
def small_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("company") / "company.sqlite"
    generate(path, deals=SMALL.deals, seed=SMALL.seed, has_partners=SMALL.has_partners)
    return path


@pytest.fixture(scope="session")
def small_lives() -> list[Life]:
    return list(lives(SMALL, DEFAULT_NOW))
