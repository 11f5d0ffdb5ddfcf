"""Where the contestants meet: a folder with the filled store, and the server in front of it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[3]


class BenchmarkError(Exception):
    """What ends the benchmark; the text says why."""


@dataclass(frozen=True)
class Stage:
    """A filled store and what was remembered of its answers; kept from one run to the next."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store.sqlite"

    @property
    def memory(self) -> Path:
        return self.folder / "answers.sqlite"


@dataclass(frozen=True)
class Server:
    url: str

    def mark(self) -> dict[str, Any]:
        """What was asked since the last mark."""
        with urllib.request.urlopen(f"{self.url}/_replay/mark", timeout=60) as answer:
            said: dict[str, Any] = orjson.loads(answer.read())
        return said


@contextmanager
def prepared(cache: Path, crm: str, sizes: dict[str, int]) -> Iterator[Stage]:
    """The stage of these sizes, filled when it is missing or older than what fills and serves it."""
    name = "-".join([crm, *(str(size) for size in sizes.values())])
    folder = cache / "stages" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BenchmarkError(
                f"another run uses {folder}: give this one its own --cache"
            ) from error
        stage = Stage(folder)
        seal, print_ = folder / "filled", _fingerprint()
        if not seal.exists() or seal.read_text(encoding="utf-8") != print_:
            seal.unlink(missing_ok=True)
            for stale in (*folder.glob("store.sqlite*"), *folder.glob("answers.sqlite*")):
                stale.unlink()
            _python("tests.benchmarks.ingestion.fill", str(stage.store), crm, _options(sizes))
            seal.write_text(print_, encoding="utf-8")
        if crm == "salesforce":
            # Bulk jobs and query cursors live in the server: another one knows nothing of them.
            for stale in folder.glob("answers.sqlite*"):
                stale.unlink()
        yield stage


def changed(stage: Stage, crm: str, share: float) -> int:
    """Let records of the store change; the next mark of the server notices."""
    return int(_python("tests.benchmarks.ingestion.fill", str(stage.store), crm, f"change={share}"))


def restored(stage: Stage, crm: str) -> None:
    _python("tests.benchmarks.ingestion.fill", str(stage.store), crm, "restore")


@contextmanager
def served(stage: Stage) -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.benchmarks.ingestion.replay"]
    command += ["--store", str(stage.store), "--memory", str(stage.memory)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise BenchmarkError("the server did not start")
        yield Server(url)
    finally:
        process.kill()
        process.wait()


@contextmanager
def workplace(stage: Stage) -> Iterator[Path]:
    """A folder for what the contestants write, on the same disk; gone afterwards."""
    folder = stage.folder / f"work-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options(sizes: dict[str, int]) -> str:
    return ",".join(f"{name}={size}" for name, size in sizes.items())


def _python(module: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"{module} ended with code {done.returncode}")
    return done.stdout.strip()


def _fingerprint() -> str:
    """Changes with every source that decides what the store holds or how it is answered."""
    here = Path(__file__).parent
    sandbox = ROOT / "sandbox"
    sources = sorted([*(sandbox / "hubspot").glob("*.py"), *(sandbox / "salesforce").glob("*.py")])
    sources += [sandbox / "store.py", sandbox / "server.py"]
    sources += [*sorted((sandbox / "company").glob("*_properties.py"))]
    sources += [*sorted((sandbox / "company").glob("salesforce_*fields.py"))]
    sources += [here / "portal.py", here / "org.py", here / "replay.py"]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes() if source.exists() else b"")
    return digest.hexdigest()
