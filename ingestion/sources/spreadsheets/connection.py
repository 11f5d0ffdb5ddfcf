"""The folder that stands where others have an API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from ingestion.engine.client import Answer, Client, Verdict
from ingestion.engine.errors import FatalError
from ingestion.engine.pace import Pace
from ingestion.model import Connection

FOLDER = "SPREADSHEETS_FOLDER"
READER_VERSION = "2"


def missing(settings: Mapping[str, str]) -> str | None:
    return None if settings.get(FOLDER) else f"set {FOLDER} to the folder of the spreadsheets"


def connect(settings: Mapping[str, str]) -> Connection:
    folder = Path(settings[FOLDER])
    if not folder.is_dir():
        raise FatalError(f"{FOLDER}: there is no folder {folder}")

    def open_client() -> Client:
        return Folder(folder, Path(settings["SALES_HEARTBEAT_HOME"]))

    return Connection(open_client=open_client, now=clock(), api_version=READER_VERSION)


def clock() -> datetime:
    """A folder has no clock of its own."""
    return datetime.now(UTC)


class Folder(Client):
    """A client that asks nobody: the engine hands it on to where the files are read."""

    def __init__(self, path: Path, home: Path) -> None:
        super().__init__("file:", judge=_judge, pace=Pace())
        self.path = path
        self.home = home


def _judge(answer: Answer) -> Verdict:
    return Verdict("fatal", "a folder answers no calls")
