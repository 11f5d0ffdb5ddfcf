"""The same raw rows seen from the same instant give the same tables, whatever the threads did."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.local import clock
from tests.e2e.playground import LAYERS, Playground, prints

pytestmark = pytest.mark.xdist_group("finished")


def test_two_builds_of_the_same_rows_are_the_same(finished: Playground, tmp_path: Path) -> None:
    layers = (*LAYERS, "publish")
    first = finished.prints(layers)
    again = prints(finished.rebuilt(tmp_path / "again", as_of=clock(finished.store)), layers)
    assert len(first) > 80
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []
