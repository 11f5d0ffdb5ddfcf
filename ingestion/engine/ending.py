"""Being told to end: Ctrl-C and SIGTERM end a run cleanly, each with an exit code of its own.

While the warehouse is open, a signal must not raise: DuckDB was seen to crash or to hang when a
handler's exception meets it in the middle of a statement. The statement is interrupted instead,
and `check` raises where it is safe.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

INTERRUPTED, TERMINATED = 130, 143  # as shells number them: 128 and the signal
_CODES = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: TERMINATED}


@dataclass
class _Open:
    """What is to be interrupted, innermost last, and whether somebody has asked for the end."""

    interrupts: list[Callable[[], None]] = field(default_factory=list)
    is_told: bool = False


_open = _Open()


@dataclass
class Ending:
    """With which exit code the run ends, should it be told to."""

    code: int = INTERRUPTED


@contextmanager
def ended_by_signals() -> Iterator[Ending]:
    """Make both signals end the run. Only the main thread may set a handler."""
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return

    def end(number: int, frame: FrameType | None) -> None:
        ending.code = _CODES[signal.Signals(number)]
        if not _open.interrupts:
            raise KeyboardInterrupt
        _open.is_told = True
        _open.interrupts[-1]()

    before = {number: signal.signal(number, end) for number in _CODES}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _open.is_told = False


@contextmanager
def interruptible(interrupt: Callable[[], None]) -> Iterator[None]:
    """For as long as the block lasts, a signal calls `interrupt` and raises only at a `check`."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _open.interrupts.append(interrupt)
    try:
        yield
    finally:
        _open.interrupts.pop()
    check()


def check() -> None:
    """KeyboardInterrupt when the run has been told to end."""
    if _open.is_told and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt
