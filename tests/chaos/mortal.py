"""Pulls in processes of their own: killed, stopped, without room on the disk.

The processes are forked from one that has the engine loaded and no threads, so one costs some
milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

from ingestion.model import Home, Mode, Window
from tests.chaos.schedule import Death

DONE, REFUSED, UNEXPECTED = 0, 1, 99
# Calls into the system at which a pull may die: files, sockets and the database.
_CALLS = frozenset(
    {
        "open", "write", "fsync", "rename", "mkdir", "rmdir", "unlink", "listdir", "scandir",
        "execute", "fetchone", "fetchall", "connect", "close", "sendall", "recv_into",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What a process is to pull."""

    source: str
    entities: tuple[str, ...]
    every: tuple[str, ...]
    settings: dict[str, str]
    home: Path
    store: Path
    began: float
    mode: Mode
    window: Window | None
    workers: int
    is_loaded: bool
    death: Death | None
    room: int | None


def processes() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "tests.chaos.play", "ingestion.run"])
    return context


def start(order: Order, told: Path) -> BaseProcess:
    """`told` takes the traceback of what nobody has foreseen."""
    process = processes().Process(target=_live, args=(order, str(told)), daemon=True)
    process.start()
    return process


def hold(path: Path, is_held: Any, is_free: Any) -> BaseProcess:
    """Keep the warehouse open until told otherwise."""
    process = processes().Process(target=_hold, args=(str(path), is_held, is_free), daemon=True)
    process.start()
    return process


def _hold(path: str, is_held: Any, is_free: Any) -> None:
    import duckdb

    with duckdb.connect(path):
        is_held.set()
        is_free.wait(120)


def _live(order: Order, told: str) -> None:
    from ingestion.engine.ending import ended_by_signals
    from ingestion.engine.errors import IngestionError
    from ingestion.run import land, load
    from tests.chaos.haste import hurried

    if order.room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.room, order.room))
    home = Home(order.home)
    try:
        with hurried(order.source, order.every, order.store, order.began), ended_by_signals():
            if order.death is not None and order.death.at == "call":
                _die_at(order.death)
            landed = land(
                order.source, order.entities, settings=order.settings, home=home,
                mode=order.mode, window=order.window, workers=order.workers,
            )  # fmt: skip
            loaded = load(order.source, order.entities, home=home) if order.is_loaded else []
        refused = any(one.status == "failed" for one in (*landed, *loaded))
        code = REFUSED if refused else DONE
    except (IngestionError, KeyboardInterrupt):
        code = REFUSED
    except BaseException:  # noqa: BLE001 - the parent reads what it was
        Path(told).write_text(traceback.format_exc())
        code = UNEXPECTED
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    os._exit(code)


def _die_at(death: Death) -> None:
    """Count calls into the system, in every thread; the n-th is the last."""
    left = [death.number]
    lock = threading.Lock()

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and argument.__name__ in _CALLS:
            with lock:
                left[0] -= 1
                is_last = left[0] == 0
            if is_last:
                os.kill(os.getpid(), getattr(signal, death.signal))

    threading.setprofile(count)
    sys.setprofile(count)
