"""One small company and one finished run of the main job, shared by the tests that only look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.company import generate
from tests.e2e.playground import Playground, playground

DEALS = 300


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("company") / "company.sqlite"
    generate(path, deals=DEALS, seed=11)
    return path


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Playground]:
    """A home in which the main job has run once. Tests must not run it again there."""
    home = tmp_path_factory.mktemp("finished")
    with playground(home, company) as ground:
        ground.run()
        yield ground
