"""The newest refresh token is kept, alone, and never lost to another process."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ingestion.engine.errors import CredentialsError, FatalError, IngestionError
from ingestion.engine.tokens import RefreshToken

GIVEN = "given-by-a-person"
ROOT = Path(__file__).parents[3]


def _token(home: Path, given: str = GIVEN) -> RefreshToken:
    return RefreshToken(home, "crm", "CRM_REFRESH_TOKEN", given)


def _exchange(token: RefreshToken, successor: str | None) -> str:
    """The token that was handed in."""
    return token.exchange(lambda offered: (offered, successor))


def test_a_successor_is_what_the_next_process_hands_in(tmp_path: Path) -> None:
    assert _exchange(_token(tmp_path), "second") == GIVEN
    assert _exchange(_token(tmp_path), "third") == "second"
    assert _exchange(_token(tmp_path), None) == "third"
    assert _exchange(_token(tmp_path), "third") == "third"


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir(mode=0o755)
    _exchange(_token(tmp_path), "second")
    path = _token(tmp_path).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for left in path.parent.iterdir():
        assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert {left.name for left in path.parent.iterdir()} == {"crm.json", "crm.lock"}


def test_where_nothing_is_replaced_nothing_is_stored(tmp_path: Path) -> None:
    assert _exchange(_token(tmp_path), None) == GIVEN
    assert not _token(tmp_path).path.exists()


def test_a_token_that_a_person_sets_anew_wins(tmp_path: Path) -> None:
    _exchange(_token(tmp_path), "second")
    assert _exchange(_token(tmp_path, "given-anew"), "other line") == "given-anew"
    assert _exchange(_token(tmp_path, "given-anew"), None) == "other line"


def test_the_value_set_by_a_person_is_not_in_the_file(tmp_path: Path) -> None:
    _exchange(_token(tmp_path), "second")
    assert GIVEN not in _token(tmp_path).path.read_text()


def test_a_refused_exchange_leaves_the_line_as_it_was(tmp_path: Path) -> None:
    _exchange(_token(tmp_path), "second")

    def refuse(offered: str) -> tuple[str, str | None]:
        raise CredentialsError("no")

    with pytest.raises(CredentialsError):
        _token(tmp_path).exchange(refuse)
    assert _exchange(_token(tmp_path), None) == "second"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names of open files needed")
def test_the_successor_is_on_disk_before_anything_is_done_with_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").resolve().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    _exchange(_token(tmp_path), "second")
    # Its room, its content, its name.
    assert synced == ["crm.tmp", "crm.tmp", "secrets"]


def test_a_full_disk_is_found_out_while_the_old_token_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    asked: list[str] = []
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(FatalError, match=r"No space left on device.*the old token was not used"):
        _token(tmp_path).exchange(lambda offered: (asked.append(offered), "second"))
    assert asked == []


def test_a_successor_that_cannot_be_stored_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(CredentialsError, match=r"authorise the app anew and set CRM_REFRESH_TOKEN"):
        _exchange(_token(tmp_path), "second")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    _exchange(_token(tmp_path), "second")
    _token(tmp_path).path.chmod(mode)
    with pytest.raises(CredentialsError, match=r"crm\.json .* open to other users: chmod 600"):
        _exchange(_token(tmp_path), None)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"token": "second-token"}', "\x00"])
def test_a_damaged_file_is_told_without_what_it_holds(tmp_path: Path, content: str) -> None:
    path = _token(tmp_path).path
    path.parent.mkdir()
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(CredentialsError, match="is damaged: delete it") as told:
        _exchange(_token(tmp_path), None)
    assert "second-token" not in str(told.value)


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    _token(tmp_path).path.mkdir(parents=True)
    with pytest.raises(CredentialsError, match="cannot be read"):
        _exchange(_token(tmp_path), None)


def test_a_home_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(FatalError, match="check SALES_HEARTBEAT_HOME"):
        _exchange(_token(tmp_path / "home"), None)


def test_no_token_shows(tmp_path: Path) -> None:
    token = _token(tmp_path)
    assert GIVEN not in repr(token)
    token.path.parent.mkdir()
    token.path.write_text(json.dumps({"token": "second-token"}))
    with pytest.raises(IngestionError) as told:
        _exchange(token, None)
    assert GIVEN not in str(told.value)


def test_an_interrupt_waits_until_the_successor_is_kept(tmp_path: Path) -> None:
    def interrupted(offered: str) -> tuple[str, str | None]:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        time.sleep(0.1)
        return offered, "second"

    # Whatever handler the tests before may have left.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        _token(tmp_path).exchange(interrupted)
    assert _exchange(_token(tmp_path), None) == "second"


# A vendor that takes each token once, and a process that uses it as often as it can.
_PROCESS = """
import sys, time
from pathlib import Path
from ingestion.engine.tokens import RefreshToken
home, name = Path(sys.argv[1]), sys.argv[2]
valid = home / "valid"
def ask(offered):
    if valid.read_text() != offered:
        sys.exit(f"{name} handed in a dead token")
    time.sleep(0.01)
    successor = f"{name} {time.monotonic_ns()}"
    valid.write_text(successor)
    return None, successor
for _ in range(10):
    RefreshToken(home, "crm", "CRM_REFRESH_TOKEN", "given-by-a-person").exchange(ask)
"""


def test_processes_that_renew_at_once_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "valid").write_text(GIVEN)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _PROCESS, str(tmp_path), name],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two", "three")
    ]
    assert [process.communicate(timeout=60)[1] for process in running] == ["", "", ""]
    assert _exchange(_token(tmp_path), None) == (tmp_path / "valid").read_text()
