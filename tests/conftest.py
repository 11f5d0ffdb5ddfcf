"""In which order the workers take the tests: what runs for minutes begins first, none is a tail."""

from __future__ import annotations

import pytest

# Names of xdist groups, the longest first. Whatever belongs to none follows in its own order.
LONG = (
    "finished",
    "export",
    "killed",
    "advance",
    "dbt_build",
    "dbt_public_data",
    "known_wrong_numbers",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        marker = item.get_closest_marker("xdist_group")
        group = marker.args[0] if marker is not None else None
        return LONG.index(group) if group in LONG else len(LONG)

    items.sort(key=place)
