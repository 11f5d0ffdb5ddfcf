"""One small company and one finished run of the main job, shared by all tests of all workers."""

from __future__ import annotations

import json
import os

import pytest
from filelock import FileLock

from sandbox.company import generate
from tests.e2e.playground import Playground, playground

DEALS = 300


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Playground:
    """A home in which the main job has run once, made by the worker that asks first. Tests must not
    change it: those that go on from it take a copy."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    home, store, told = (folder / f"finished.{end}" for end in ("home", "sqlite", "json"))
    with FileLock(folder / "finished.lock"):
        if not told.exists():
            generate(store, deals=DEALS, seed=11)
            with playground(home, store) as ground:
                ground.run()
                told.write_text(json.dumps(dict(ground.environment)))
    return Playground(home, store, json.loads(told.read_text()))
