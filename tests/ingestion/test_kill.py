"""SIGKILL at any moment: what is rerun ends as if nothing had happened."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.engine.landing import folders
from ingestion.run import Home, cursors, load
from sandbox.company import advance
from tests.ingestion.conftest import Served, contents, pull

Serve = Callable[[Path], Served]
ENTITIES = ("deals", "contacts", "pipelines")
ROOT = Path(__file__).parents[2]

LOAD = f"""
import sys
from pathlib import Path
from ingestion.run import Home, load
print("begins", flush=True)
load("hubspot", {ENTITIES!r}, home=Home(Path(sys.argv[1])))
"""
PULL = [sys.executable, "-m", "ingestion", "pull", "hubspot", "deals"]


@pytest.fixture
def landed(store: Path, serve: Serve, home: Home) -> Home:
    """Two landings of each entity; raw holds none of them."""
    served = serve(store)
    pull(served, home, "hubspot", *ENTITIES)
    advance(store, days=7)
    pull(served, home, "hubspot", *ENTITIES)
    return home


def _load_killed(home: Home, after: float) -> int:
    """Begin to load in a process of its own, kill it so many seconds later; its exit code."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOAD, str(home.root)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    return process.wait(timeout=30)


def test_a_load_killed_again_and_again_ends_like_an_undisturbed_one(
    landed: Home, tmp_path: Path
) -> None:
    expected = contents(landed)
    since = cursors("hubspot", home=landed)
    disturbed = Home(tmp_path / "disturbed")
    shutil.copytree(landed.landing, disturbed.landing)
    chance = random.Random(11)
    codes = [_load_killed(disturbed, chance.uniform(0.05, 0.6)) for _ in range(6)]
    assert -signal.SIGKILL in codes, "no load was met alive: the delays are too long"
    load("hubspot", ENTITIES, home=disturbed)
    assert contents(disturbed) == expected
    assert cursors("hubspot", home=disturbed) == since


def test_a_pull_killed_while_landing_leaves_nothing_half_and_is_repeated(
    store: Path, serve: Serve, tmp_path: Path
) -> None:
    served = serve(store)
    calm, disturbed = Home(tmp_path / "calm"), Home(tmp_path / "disturbed")
    pull(served, calm, "hubspot", "deals")
    served.fault(path="/deals$", kind="slow", seconds=0.2)
    environment = served.settings | {"SALES_HEARTBEAT_HOME": str(disturbed.root)}
    deadline = time.monotonic() + 20
    process = subprocess.Popen(
        PULL, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not list(disturbed.landing.glob("hubspot/deals/*.tmp/*.gz")):
        assert time.monotonic() < deadline, "no page was landed"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert folders(disturbed.landing, "hubspot", "deals") == []
    pull(served, disturbed, "hubspot", "deals")
    assert list(disturbed.landing.glob("hubspot/deals/*.tmp")) == []
    assert contents(disturbed) == contents(calm)
