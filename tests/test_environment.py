"""`.env.example` names every variable that the code reads, none with a value, and no other."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = r"(?:SALES_HEARTBEAT|HUBSPOT|SALESFORCE|PIPEDRIVE|SPREADSHEETS)_[A-Z_]*[A-Z]"
NOT_FOR_PEOPLE = {
    "SALES_HEARTBEAT_WAREHOUSE",  # set by the code that starts dbt
    "HUBSPOT_DEFINED",  # the vendor's word in an answer
}


def _read_by(*folders: str) -> set[str]:
    files = [
        path
        for folder in folders
        for pattern in ("*.py", "*.yml", "*.yaml")
        for path in (ROOT / folder).rglob(pattern)
        if "target" not in path.parts
    ]
    return {name for file in files for name in re.findall(rf'["\']({OURS})["\']', file.read_text())}


def test_the_template_and_the_code_name_the_same_variables() -> None:
    template = (ROOT / ".env.example").read_text()
    named = re.findall(rf"^({OURS})=(.*)$", template, re.MULTILINE)
    assert [name for name, value in named if value] == []
    read = _read_by("ingestion", "orchestration", "dbt_project") - NOT_FOR_PEOPLE
    assert {name for name, _ in named} == read


@pytest.mark.xdist_group("together")
def test_a_group_of_tests_shares_a_worker(request: pytest.FixtureRequest) -> None:
    """Otherwise every worker makes each of the expensive companies for itself, and nobody notices."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@together")
