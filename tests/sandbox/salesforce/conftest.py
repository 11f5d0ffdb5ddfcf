"""One served org for all tests of this folder: they read, and put back what they turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox.connection import KeyPair, make_key_pair
from sandbox.context import Context
from tests.sandbox.salesforce.small_org import Caller, build
from tests.sandbox.serving import serving


@dataclass(frozen=True)
class Served:
    url: str
    context: Context
    key: KeyPair


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("org") / "org.sqlite"
    build(path)
    key = make_key_pair()
    context = Context(path, enforce_limits=False, salesforce_public_key=key.public)
    with serving(context) as url:
        yield Served(url, context, key)


@pytest.fixture
def org(served: Served) -> Iterator[Caller]:
    caller = Caller(served.url)
    yield caller
    caller.settings()
    caller.session.close()
