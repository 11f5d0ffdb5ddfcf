"""The folder that stands where others have an API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from ingestion.engine import landing
from ingestion.engine.client import Answer, Client, Verdict
from ingestion.engine.errors import FatalError
from ingestion.engine.pace import Pace
from ingestion.model import Connection

SOURCE = "spreadsheets"
FOLDER = "SPREADSHEETS_FOLDER"
AS_OF = "SALES_HEARTBEAT_AS_OF"
READER_VERSION = "2"


def missing(settings: Mapping[str, str]) -> str | None:
    return None if settings.get(FOLDER) else f"set {FOLDER} to the folder of the spreadsheets"


def connect(settings: Mapping[str, str]) -> Connection:
    folder = Path(settings[FOLDER])
    if not folder.is_dir():
        raise FatalError(f"{FOLDER}: there is no folder {folder}")
    home = Path(settings["SALES_HEARTBEAT_HOME"])

    def open_client() -> Client:
        return Folder(folder, home)

    return Connection(open_client=open_client, now=_now(settings, home), api_version=READER_VERSION)


def clock() -> datetime:
    """What time it is where this runs."""
    return datetime.now(UTC)


def _now(settings: Mapping[str, str], home: Path) -> datetime:
    """A folder has no clock of its own: it is read at the instant that the numbers are for, where
    one is set, so that a company whose time stands still has one time in all its sources. To look
    back is another thing: what has been read since then does not become older."""
    text = settings.get(AS_OF)
    if not text:
        return clock()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise FatalError(f"{AS_OF}: {text} is no instant") from error
    if instant.tzinfo is None:
        raise FatalError(f"{AS_OF}: {text} has no time zone: write 2026-11-03T15:00:00Z")
    names = [path.name for path in (home / "landing" / SOURCE).glob("*") if path.is_dir()]
    landed = [landing.folders(home / "landing", SOURCE, name) for name in names]
    read = [landing.read_manifest(folders[-1]).window.end for folders in landed if folders]
    return clock() if any(instant < end for end in read) else instant.astimezone(UTC)


class Folder(Client):
    """A client that asks nobody: the engine hands it on to where the files are read."""

    def __init__(self, path: Path, home: Path) -> None:
        super().__init__("file:", judge=_judge, pace=Pace())
        self.path = path
        self.home = home


def _judge(answer: Answer) -> Verdict:
    return Verdict("fatal", "a folder answers no calls")
