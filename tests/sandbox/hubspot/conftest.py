"""The hand-written portal behind a running sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.context import Context
from tests.sandbox.hubspot.portal import build
from tests.sandbox.hubspot.served import Served
from tests.sandbox.serving import serving


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """For tests that only read."""
    path = tmp_path_factory.mktemp("portal") / "portal.sqlite"
    build(path)
    context = Context(path, enforce_limits=False)
    with serving(context) as url:
        yield Served(url, context)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """For tests that change the store, the faults or the tokens."""
    path = tmp_path / "portal.sqlite"
    build(path)
    context = Context(path, enforce_limits=False)
    with serving(context) as url:
        yield Served(url, context)
