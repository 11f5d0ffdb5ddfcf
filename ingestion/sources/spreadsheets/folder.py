"""The folder's files and what a pull has to read of them: those that are new or changed, and beside
them all others that hold the same kind of sheet, since a row in one may take the place of a row in
another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from ingestion.engine import landing
from ingestion.engine.errors import FatalError
from ingestion.engine.landing import Manifest
from ingestion.model import Pull
from ingestion.sources.spreadsheets.connection import READER_VERSION, Folder
from ingestion.sources.spreadsheets.conventions import declared
from ingestion.sources.spreadsheets.files import FileRead, read
from ingestion.sources.spreadsheets.grid import OTHERS, SUFFIXES

# Plan's lists that tell the next pull what this one has read.
FILES, READER, LAST = "files", "reader", "last"
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Remembered:
    """What the last landing says of a file: its checksum, and whether it held the kind."""

    sha256: str
    is_held: bool


@dataclass(frozen=True)
class Before:
    """The state that the last pull has left. `last` is the last landing that has any page."""

    files: Mapping[str, Remembered]
    reader: str
    last: Manifest | None


def folder_of(pull: Pull) -> Folder:
    if not isinstance(pull.client, Folder):
        raise TypeError("spreadsheets are read through a Folder")
    return pull.client


def listed(pull: Pull) -> Mapping[str, str]:
    """The checksum of every file by its name, in the order of names."""
    return pull.cache.get("files", lambda: dict(sorted(checksums(folder_of(pull).path).items())))


def file_read(pull: Pull, name: str) -> FileRead:
    """What a file holds; read once per pull, whichever kinds it has."""

    def fetch() -> FileRead:
        try:
            content = (folder_of(pull).path / name).read_bytes()
        except OSError as error:
            return FileRead(name, listed(pull)[name], refused=f"the file: {error.strerror}")
        # What was saved meanwhile is read as it is now; the next pull sees its checksum as new.
        return read(name, listed(pull)[name], content, declared(pull.settings))

    return pull.cache.get(f"file:{name}", fetch)


def reader(pull: Pull) -> str:
    """What else a reading depends on: with another one all is read again."""
    return f"{READER_VERSION} {declared(pull.settings) or 'no locale'}"


def before(pull: Pull) -> Before:
    home = folder_of(pull).home / "landing"
    found = landing.folders(home, "spreadsheets", pull.entity.name)
    if not found:
        return Before({}, "", None)
    newest = landing.read_manifest(found[-1])
    stars = newest.plan.stars
    files = {}
    for text in stars.get(FILES, ()):
        sha256, held, name = text.split(" ", 2)
        files[name] = Remembered(sha256, held == "1")
    last: Manifest | None = newest
    if not newest.pages:
        named = [path for path in found if path.name in stars.get(LAST, ())]
        last = landing.read_manifest(named[0]) if named else None
    return Before(files, "".join(stars.get(READER, ())), last)


def bodies_of(pull: Pull, manifest: Manifest, kind: str) -> list[Mapping[str, object]]:
    """The pages of a kind in an earlier landing."""
    parts = ("landing", "spreadsheets", pull.entity.name, manifest.load_id)
    folder = folder_of(pull).home.joinpath(*parts)
    return [
        orjson.loads(landing.read_body(folder, page))
        for page in manifest.pages
        if page.kind == kind
    ]


def checksums(folder: Path) -> dict[str, str]:
    """Files that start with a dot or `~$` are some program's own."""
    found: dict[str, str] = {}
    try:
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            is_own = any(part.startswith((".", "~$")) for part in name.split("/"))
            if path.suffix.lower() in (*SUFFIXES, *OTHERS) and not is_own and path.is_file():
                found[name] = _checksum(path)
    except OSError as error:
        raise FatalError(f"the folder of the spreadsheets: {error.strerror}") from error
    return found


def _checksum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return UNREADABLE  # the file alone is refused, and tried again when it has another
