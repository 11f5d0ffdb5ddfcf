"""Pages to files and manifest, and back. One folder per load, never changed once it has its name,
but when a person is to be forgotten (`forget.py`).

A folder is written as `<load_id>.tmp` and renamed when its manifest is complete, so whatever
stands there under its own name is whole.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson

from ingestion.engine.body import GZIP, Body
from ingestion.engine.errors import DamagedLandingError
from ingestion.model import Counted, Field, FieldType, Format, Mode, Page, Plan, Window

MANIFEST = "manifest.json"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class LandedPage:
    """A page's line in the manifest."""

    file: str
    kind: str
    format: Format
    rows: int
    bytes: int
    body_bytes: int
    sha256: str
    context: Mapping[str, str]
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """All that is needed, besides the pages, to make raw rows of them."""

    source: str
    entity: str
    load_id: str
    mode: Mode
    window: Window
    api_version: str
    landed_at: datetime
    plan: Plan
    pages: tuple[LandedPage, ...]
    requests: int
    seconds: float
    counted: Counted | None = None
    erased: int = 0  # records that were taken out of the pages for a person's sake
    erased_at: datetime | None = None

    @property
    def rows(self) -> int:
        """Records; links that were asked for beside them do not count."""
        return sum(page.rows for page in self.pages if not page.asked)

    @property
    def bytes(self) -> int:
        return sum(page.bytes for page in self.pages)


class Writer:
    """Takes the pages of one load. Leaving the `with` before `finish` leaves nothing behind."""

    def __init__(self, folder: Path, load_id: str) -> None:
        self._folder = folder / load_id
        self._beside = folder / f"{load_id}.tmp"
        self._pages: list[LandedPage] = []
        self._before = 0  # files that an earlier part of the pull has written

    def __enter__(self) -> Writer:
        self._beside.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._beside, ignore_errors=True)

    def add(self, page: Page) -> None:
        name = f"{self._before + len(self._pages) + 1:06d}.{page.format}.gz"
        if isinstance(page.body, Body):
            packed = page.body.packed
        else:
            # Level 1: the pages are read once or twice and lie on a local disk.
            packed = gzip.compress(page.body, 1, mtime=0)
        (self._beside / name).write_bytes(packed)
        self._pages.append(
            LandedPage(
                file=name,
                kind=page.kind,
                format=page.format,
                rows=page.rows,
                bytes=len(packed),
                body_bytes=len(page.body),
                sha256=hashlib.sha256(packed).hexdigest(),
                context=dict(page.context),
                asked=page.asked,
            )
        )

    def finish(
        self,
        *,
        source: str,
        entity: str,
        mode: Mode,
        window: Window,
        api_version: str,
        landed_at: datetime,
        plan: Plan,
        requests: int,
        seconds: float,
        counted: Counted | None = None,
    ) -> Manifest:
        manifest = Manifest(
            source=source,
            entity=entity,
            load_id=self._folder.name,
            mode=mode,
            window=window,
            api_version=api_version,
            landed_at=landed_at,
            plan=plan,
            pages=tuple(self._pages),
            requests=requests,
            seconds=seconds,
            counted=counted,
        )
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        with (self._beside / MANIFEST).open("wb") as file:
            file.write(orjson.dumps(to_document(manifest), option=options))
            file.flush()
            os.fsync(file.fileno())
        self._beside.rename(self._folder)
        return manifest


def folders(landing: Path, source: str, entity: str) -> list[Path]:
    """The whole landings of an entity, oldest first: load ids sort by time."""
    parent = landing / source / entity
    if not parent.is_dir():
        return []
    return sorted(path for path in parent.iterdir() if path.is_dir() and path.suffix != ".tmp")


def read_manifest(folder: Path) -> Manifest:
    try:
        document = orjson.loads((folder / MANIFEST).read_bytes())
        if document["format"] != FORMAT_VERSION:
            raise DamagedLandingError(
                f"{_named(folder)}: manifest format {document['format']}, "
                f"this version reads {FORMAT_VERSION}"
            )
        return from_document(document)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedLandingError(
            f"{_named(folder)}: the manifest cannot be read; "
            "delete the folder and pull again with --full"
        ) from error


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum."""
    for page in manifest.pages:
        _content(folder, page)


def bodies(folder: Path, manifest: Manifest) -> Iterator[tuple[LandedPage, bytes]]:
    """The pages as the vendor sent them."""
    for page in manifest.pages:
        yield page, read_body(folder, page)


def read_body(folder: Path, page: LandedPage) -> bytes:
    """One page as the vendor sent it; DamagedLandingError when it is not what was landed."""
    return zlib.decompress(_content(folder, page), GZIP, max(page.body_bytes, 1))


def _content(folder: Path, page: LandedPage) -> bytes:
    try:
        content = (folder / page.file).read_bytes()
    except OSError as error:
        raise DamagedLandingError(
            f"{_named(folder)}: {page.file} is missing; "
            "delete the folder and pull again with --full"
        ) from error
    if hashlib.sha256(content).hexdigest() != page.sha256:
        raise DamagedLandingError(
            f"{_named(folder)}: {page.file} does not match its checksum; "
            "delete the folder and pull again with --full"
        )
    return content


def _named(folder: Path) -> str:
    return "landing " + "/".join(folder.parts[-3:])


def to_document(manifest: Manifest) -> dict[str, Any]:
    window = manifest.window
    return {
        "format": FORMAT_VERSION,
        "source": manifest.source,
        "entity": manifest.entity,
        "load_id": manifest.load_id,
        "mode": manifest.mode,
        "window_start": window.start.isoformat() if window.start else None,
        "window_end": window.end.isoformat(),
        "api_version": manifest.api_version,
        "landed_at": manifest.landed_at.isoformat(),
        "fields": [
            {
                "name": field.name,
                "type": field.type,
                "calculated": field.calculated,
                "personal": field.personal,
                "label": field.label,
            }
            for field in manifest.plan.fields
        ],
        "stars": {name: list(values) for name, values in manifest.plan.stars.items()},
        "hashed": list(manifest.plan.hashed),
        "absent": dict(manifest.plan.absent),
        "screened": manifest.plan.screened,
        "counted": _counted_document(manifest.counted),
        "pages": [page_document(page) for page in manifest.pages],
        "erased": manifest.erased,
        "erased_at": manifest.erased_at.isoformat() if manifest.erased_at else None,
        "rows": manifest.rows,
        "bytes": manifest.bytes,
        "requests": manifest.requests,
        "seconds": manifest.seconds,
    }


def from_document(document: Mapping[str, Any]) -> Manifest:
    start = document["window_start"]
    return Manifest(
        source=document["source"],
        entity=document["entity"],
        load_id=document["load_id"],
        mode=cast(Mode, document["mode"]),
        window=Window(_instant(start) if start else None, _instant(document["window_end"])),
        api_version=document["api_version"],
        landed_at=_instant(document["landed_at"]),
        plan=Plan(
            fields=tuple(
                Field(
                    item["name"],
                    cast(FieldType, item["type"]),
                    item["calculated"],
                    item.get("personal", False),
                    item.get("label", ""),
                )
                for item in document["fields"]
            ),
            stars={name: tuple(values) for name, values in document["stars"].items()},
            hashed=tuple(document.get("hashed", ())),
            absent=document.get("absent", {}),
            screened=document.get("screened", ""),
        ),
        pages=tuple(page_from(item) for item in document["pages"]),
        requests=document["requests"],
        seconds=document["seconds"],
        counted=_counted(document.get("counted")),
        erased=document.get("erased", 0),
        erased_at=_instant(document["erased_at"]) if document.get("erased_at") else None,
    )


def page_document(page: LandedPage) -> dict[str, Any]:
    return {
        "file": page.file,
        "kind": page.kind,
        "format": page.format,
        "rows": page.rows,
        "bytes": page.bytes,
        "body_bytes": page.body_bytes,
        "sha256": page.sha256,
        "context": dict(page.context),
        "asked": list(page.asked),
    }


def page_from(item: Mapping[str, Any]) -> LandedPage:
    return LandedPage(
        file=item["file"],
        kind=item["kind"],
        format=cast(Format, item["format"]),
        rows=item["rows"],
        bytes=item["bytes"],
        body_bytes=item["body_bytes"],
        sha256=item["sha256"],
        context=item["context"],
        asked=tuple(item["asked"]),
    )


def _counted_document(counted: Counted | None) -> dict[str, Any] | None:
    if counted is None:
        return None
    return {
        "rows": counted.rows,
        "changed_since": counted.changed_since,
        "counted_at": counted.counted_at.isoformat(),
        "sums": dict(counted.sums),
        "lag": counted.lag,
        "doubt": counted.doubt,
    }


def _counted(document: Mapping[str, Any] | None) -> Counted | None:
    if document is None:
        return None
    return Counted(
        rows=document["rows"],
        changed_since=document["changed_since"],
        counted_at=_instant(document["counted_at"]),
        sums=document["sums"],
        lag=document.get("lag", 0),
        doubt=document.get("doubt"),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
