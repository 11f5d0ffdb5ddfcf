"""A command run as a process of its own: wall clock, CPU seconds, peak memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.05
_PROC = Path("/proc")


@dataclass(frozen=True)
class Measured:
    """`cpu` is user and system time including children that have ended, `peak` is megabytes."""

    code: int
    seconds: float
    cpu: float
    peak: float
    out: str
    err: str


def run(command: Sequence[str], *, env: Mapping[str, str], most_seconds: float) -> Measured:
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.monotonic()
        process = subprocess.Popen(command, env=dict(env), stdout=out, stderr=err)
        watch = _Watch(process.pid)
        late = threading.Timer(most_seconds, process.kill)
        late.start()
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            late.cancel()
            watch.stop()
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        # Where no process can be watched: the largest one, which may have been the parent.
        peak = watch.peak or usage.ru_maxrss / 1024
        out.seek(0)
        err.seek(0)
        return Measured(
            process.returncode,
            seconds,
            usage.ru_utime + usage.ru_stime,
            peak,
            out.read(),
            err.read(),
        )


class _Watch(threading.Thread):
    """Samples a process and its descendants.

    One process counts with its own high-water mark, which misses nothing between two samples;
    several count with what they held together, shared pages shared out.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self.peak = 0.0

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            pids = _tree(self._pid)
            if len(pids) == 1:
                self.peak = max(self.peak, _kilobytes(pids[0], "status", "VmHWM:") / 1024)
            else:
                together = sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in pids)
                self.peak = max(self.peak, together / 1024)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for task in _PROC.glob(f"{parent}/task/*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue  # it has ended meanwhile
    return found


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        for line in (_PROC / str(pid) / file).read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except OSError:
        return 0  # it has ended meanwhile
    return 0
