"""What is told while a run goes on, how often, and that it tells nothing of anybody."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ingestion.display import shown
from ingestion.engine.bars import Bars
from ingestion.engine.errors import FatalError
from ingestion.engine.progress import Lines, Progress, Pulse, Together, sentence
from ingestion.engine.worklog import JsonLines
from ingestion.model import Landed, Loaded

FIELDS = [
    "at",
    "event",
    "source",
    "entity",
    "rows",
    "bytes",
    "requests",
    "seconds",
    "load_id",
    "status",
    "reason",
]
PULSE = Pulse("crm", "deals", "20261103T150000000000Z")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _at(pages: int, **more: Any) -> Pulse:
    return replace(
        PULSE, pages=pages, rows=pages * 100, size=pages * 5000, requests=pages + 1, **more
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_of_the_log_has_all_its_fields(tmp_path: Path) -> None:
    with JsonLines(tmp_path / "logs" / "run.jsonl") as log:
        log.begin(PULSE)
        for pages in range(1, 51):
            log.page(_at(pages, seconds=2.5))
        log.end(Landed("crm", "deals", "landed", None, PULSE.load_id, 5000, 51, 9000, 2.6))
        log.loaded(Loaded("crm", "deals", "loaded", rows_read=5000, load_id=PULSE.load_id))
        log.end(Landed("crm", "leads", "skipped", "the app lacks a scope"))
    lines = _lines(tmp_path / "logs" / "run.jsonl")
    assert [list(line) for line in lines] == [FIELDS] * 4
    assert [(line["event"], line["entity"], line["status"], line["rows"]) for line in lines] == [
        ("pages_landed", "deals", "landing", 5000),
        ("entity_landed", "deals", "landed", 5000),
        ("folder_loaded", "deals", "loaded", 5000),
        ("entity_landed", "leads", "skipped", 0),
    ]
    assert lines[0]["requests"] == 51
    assert lines[0]["bytes"] == 250_000
    assert lines[0]["seconds"] == 2.5
    assert {line["load_id"] for line in lines[:3]} == {PULSE.load_id}
    assert lines[3]["reason"] == "the app lacks a scope"


def test_slow_pages_have_a_line_of_their_own(tmp_path: Path, clock: Clock) -> None:
    with JsonLines(tmp_path / "log", clock=clock) as log:
        log.begin(PULSE)
        for pages, clock.now in ((1, 4.0), (2, 10.0), (3, 11.0), (4, 19.0), (5, 20.0)):
            log.page(_at(pages))
    assert [line["rows"] for line in _lines(tmp_path / "log")] == [200, 500]


def test_lines_of_many_threads_and_two_logs_stay_whole(tmp_path: Path) -> None:
    with JsonLines(tmp_path / "log") as one, JsonLines(tmp_path / "log") as two:

        def write(log: JsonLines, name: str) -> None:
            for _ in range(200):
                log.end(Landed("crm", name, "failed", "x" * 500))

        threads = [
            threading.Thread(target=write, args=(log, f"{number}"))
            for number, log in enumerate((one, one, two, two))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(_lines(tmp_path / "log")) == 800


def test_a_log_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FatalError, match="check --log-file or SALES_HEARTBEAT_LOG"):
        JsonLines(tmp_path / "file" / "log")
    with pytest.raises(FatalError, match="Is a directory"):
        JsonLines(tmp_path)


def test_a_log_on_a_full_disk_ends_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(descriptor: int, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with JsonLines(tmp_path / "log") as log:
        monkeypatch.setattr(os, "write", full)
        for _ in range(3):
            log.end(Landed("crm", "deals", "landed"))
    (record,) = caplog.records
    assert "takes no more lines: No space left on device" in record.getMessage()


def test_lines_come_now_and_then_while_an_entity_is_under_way(clock: Clock) -> None:
    told: list[str] = []
    lines = Lines(told.append, clock=clock)
    lines.begin(PULSE)
    for pages, clock.now in ((1, 5.0), (2, 9.9), (3, 10.0), (4, 15.0), (5, 20.0)):
        lines.page(_at(pages, seconds=clock.now, quota_left=1234))
    lines.end(Landed("crm", "deals", "landed"))
    assert told == [
        "crm deals: 300 rows, 30 rows/s, 4 requests, 1,234 calls left",
        "crm deals: 500 rows, 25 rows/s, 6 requests, 1,234 calls left",
    ]


@pytest.mark.parametrize(
    ("expected", "rows", "seconds", "said"),
    [
        (1000, 250, 60.0, "250 rows of 1,000, 4 rows/s, 0 requests, 3:00 to go"),
        (100_000, 100, 60.0, "100 rows of 100,000, 2 rows/s, 0 requests, 16:39:00 to go"),
        (100, 120, 60.0, "120 rows of 100, 2 rows/s, 0 requests, 0:00 to go"),
        (100, 0, 0.0, "0 rows of 100, 0 rows/s, 0 requests"),
        (None, 100, 10.0, "100 rows, 10 rows/s, 0 requests"),
        (0, 0, 1.0, "0 rows, 0 rows/s, 0 requests"),
    ],
)
def test_the_time_to_finish_is_told_where_the_end_is_known(
    expected: int | None, rows: int, seconds: float, said: str
) -> None:
    pulse = replace(PULSE, expected=expected, rows=rows, seconds=seconds)
    assert sentence(pulse) == f"crm deals: {said}"


def _bars(width: int) -> tuple[Bars, Callable[[], str]]:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=width, legacy_windows=False)
    bars = Bars(console, "crm", 3, "connecting")

    def seen() -> str:
        bars._progress.refresh()
        frame = Console(width=width, file=io.StringIO(), color_system=None)
        frame.print(bars._progress.get_renderable())
        assert isinstance(frame.file, io.StringIO)
        return frame.file.getvalue()

    return bars, seen


def test_bars_show_each_entity_and_all_together() -> None:
    bars, seen = _bars(160)
    with bars:
        assert "connecting" in seen()
        bars.begin(replace(PULSE, expected=1000))
        bars.page(_at(5, expected=1000, seconds=2.0, quota_left=7000))
        assert "500 of 1,000 rows, 250 rows/s, 0:02 to go, 6 requests" in seen()
        assert "━" * 12 + "─" * 12 in seen()
        assert "7,000 calls left" in seen()
        bars.begin(replace(PULSE, expected=1000, load_id="anew"))
        assert seen().count("deals") == 1
        bars.page(_at(1))
        bars.end(Landed("crm", "deals", "landed", rows=1000, requests=11))
        bars.end(Landed("crm", "leads", "failed", "it never began"))
        assert "deals" not in seen()
        assert "2 of 3, 1,000 rows" in seen()
        assert "11 requests" in seen()
        bars.loaded(Loaded("crm", "deals", "loaded", rows_read=1000))
        assert "loading into raw: deals, 1,000 rows" in seen()


def test_bars_fit_a_narrow_screen() -> None:
    bars, seen = _bars(80)
    with bars:
        pulse = replace(PULSE, entity="opportunity_field_history", expected=1_000_000)
        bars.begin(pulse)
        bars.page(replace(pulse, rows=500_000, seconds=50.0, requests=99))
        lines = seen().splitlines()
    assert len(lines) == 2
    assert max(len(line) for line in lines) <= 80
    assert lines[1].startswith("  opportunity_field")
    assert "━━━━──── 500,000 of 1,000,000 rows, 10,000 rows/s" in lines[1]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "is_plain", "term", "has_bars"),
    [
        (Terminal(), False, "xterm", True),
        (Terminal(), True, "xterm", False),
        (Terminal(), False, "dumb", False),
        (io.StringIO(), False, "xterm", False),
    ],
)
def test_bars_are_for_terminals(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, is_plain: bool, term: str, has_bars: bool
) -> None:
    monkeypatch.setenv("TERM", term)
    with shown("crm", 3, "connecting", stream=stream, is_plain=is_plain, log=None) as progress:
        assert progress.wants_totals == has_bars
        progress.begin(PULSE)
        progress.page(_at(1))
        progress.end(Landed("crm", "deals", "landed"))
    assert ("\x1b[" in stream.getvalue()) == has_bars


def test_a_terminal_and_a_log_are_told_the_same(tmp_path: Path) -> None:
    told: list[str] = []
    with JsonLines(tmp_path / "log") as log:
        members: list[Progress] = [log, Lines(told.append, every=0.0)]
        together = Together(members)
        together.begin(PULSE)
        together.page(_at(1))
        together.end(Landed("crm", "deals", "landed"))
        together.loaded(Loaded("crm", "deals", "loaded"))
    assert [line["event"] for line in _lines(tmp_path / "log")] == [
        "entity_landed",
        "folder_loaded",
    ]
    assert len(told) == 1
