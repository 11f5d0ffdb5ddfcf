"""The unit on the command line: made or left out, and its CRM among the variables."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.connection import PARTNERS_BY_DEFAULT


@pytest.mark.parametrize(
    ("options", "is_there"),
    [
        (["--with", "pipedrive"], True),
        (["--without", "pipedrive"], False),
        (["--with", "pipedrive", "--without", "pipedrive"], False),
        ([], PARTNERS_BY_DEFAULT),
    ],
)
def test_the_unit_is_made_or_left_out(tmp_path: Path, options: list[str], is_there: bool) -> None:
    path = tmp_path / "company.sqlite"
    assert main(["generate", "--store", str(path), "--deals", "60", *options]) == 0
    with sqlite3.connect(path) as connection:
        (number,) = connection.execute("select count(*) from pd_record").fetchone()
    assert (number > 0) is is_there


@pytest.mark.parametrize("auth", ["token", "oauth"])
def test_its_variables_are_told_when_asked_for(
    capsys: pytest.CaptureFixture[str], auth: str
) -> None:
    assert main(["env", "--auth", auth, "--with", "pipedrive"]) == 0
    assert "export PIPEDRIVE_BASE_URL=http://127.0.0.1:" in capsys.readouterr().out
    assert main(["env", "--auth", auth]) == 0
    assert ("PIPEDRIVE" in capsys.readouterr().out) is PARTNERS_BY_DEFAULT
