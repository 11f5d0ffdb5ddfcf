"""Signals: each ends the run with its own code, and none raises inside a statement."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from ingestion.engine.ending import INTERRUPTED, TERMINATED, check, ended_by_signals
from ingestion.engine.errors import StoppedError
from ingestion.engine.pace import Pace
from ingestion.engine.warehouse import opened


@pytest.mark.parametrize(
    ("told", "code"), [(signal.SIGINT, INTERRUPTED), (signal.SIGTERM, TERMINATED)]
)
def test_a_signal_ends_with_its_own_code(told: signal.Signals, code: int) -> None:
    with pytest.raises(KeyboardInterrupt), ended_by_signals() as ending:
        signal.raise_signal(told)
    assert ending.code == code


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_while_the_warehouse_is_open_a_signal_waits_for_the_next_check(
    told: signal.Signals, tmp_path: Path
) -> None:
    done: list[str] = []

    def work() -> None:
        with ended_by_signals(), opened(tmp_path / "warehouse.duckdb") as connection:
            signal.raise_signal(told)
            connection.execute("create table kept as select 1 as n")
            done.append("statement")
            check()
            done.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["statement"]
    check()  # the next run knows nothing of it


def test_a_signal_without_a_check_ends_the_run_when_the_warehouse_closes(tmp_path: Path) -> None:
    warehouse = opened(tmp_path / "warehouse.duckdb")
    with pytest.raises(KeyboardInterrupt), ended_by_signals(), warehouse:
        signal.raise_signal(signal.SIGTERM)


def test_a_worker_that_waits_for_the_vendor_ends_at_once() -> None:
    pace = Pace()
    pace.pause(600)
    ended: list[str] = []

    def wait() -> None:
        try:
            pace.wait(())
        except StoppedError as error:
            ended.append(str(error))

    worker = threading.Thread(target=wait, daemon=True)
    worker.start()
    pace.stopping.set()
    worker.join(timeout=10)
    assert ended == ["interrupted"]
    with pytest.raises(StoppedError):
        pace.sleep(600)


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with ended_by_signals():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
