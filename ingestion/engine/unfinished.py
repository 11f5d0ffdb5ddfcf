"""Pulls that were broken off: what they had landed is not asked for again.

A journal lies beside the pages of an unfinished landing: what the pull was for, and which request
each page answered. The next pull of the same kind begins with the same question and the same
window; where it asks what has landed already, the answer comes from the disk. So a first load that
is greater than a day's calls, or that is killed now and then, comes to its end.

The window stays that of the first part: what changed after it is for the pull of changes that
follows at once.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from ingestion.engine.client import Answer
from ingestion.engine.errors import (
    CredentialsError,
    DamagedLandingError,
    FatalError,
    QuotaError,
    RestartError,
    SkippableError,
    StoppedError,
)
from ingestion.engine.landing import (
    LandedPage,
    Manifest,
    Writer,
    from_document,
    page_document,
    page_from,
    read_body,
    to_document,
)
from ingestion.model import Field, Mode, Page, Plan, Window

logger = logging.getLogger(__name__)

JOURNAL = "journal.jsonl"
# Afterwards the vendor may have forgotten its cursors, and people their wish to be forgotten.
KEPT_FOR = timedelta(days=3)
# After these another try goes on; after other failures it had better begin anew.
_GOES_ON = (QuotaError, StoppedError, CredentialsError)
_ENDS = (FatalError, SkippableError, RestartError)


@dataclass(frozen=True)
class Begun:
    """An unfinished landing: the manifest that it would get, as yet without pages."""

    folder: Path
    manifest: Manifest

    @property
    def window(self) -> Window:
        return self.manifest.window

    def head(self, current: Plan) -> Manifest | None:
        """The manifest to go on with; None when its plan asks what is not to be asked any more.

        A field that is new since then is for the next pull.
        """
        plan = self.manifest.plan
        is_same = (plan.stars, plan.hashed, plan.screened) == (
            current.stars,
            current.hashed,
            current.screened,
        )
        known = {_typed(field) for field in current.fields}
        if self.folder.exists() and is_same and known.issuperset(map(_typed, plan.fields)):
            return self.manifest
        shutil.rmtree(self.folder, ignore_errors=True)
        return None


def begun(parent: Path, mode: Mode, window: Window, api_version: str) -> Begun | None:
    """The unfinished landing of an entity that asked the same; all others are removed.

    Only one process may pull an entity at a time.
    """
    found: Begun | None = None
    for folder in sorted(parent.glob("*.tmp")):
        candidate = _read(folder)
        if (
            found is None
            and candidate is not None
            and candidate.manifest.api_version == api_version
            and _asks(candidate.manifest, mode, window)
        ):
            found = candidate
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return found


def forget(parent: Path) -> None:
    """Remove what was broken off of an entity, whatever is in it: it may speak of the erased."""
    for folder in parent.glob("*.tmp"):
        shutil.rmtree(folder)


class ResumableWriter(Writer):
    """A landing that outlives being broken off, and the memory of what has been asked for it.

    `found` is what the client asks before it asks the vendor.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        super().__init__(folder, manifest.load_id)
        self._manifest = manifest
        self._landed: dict[str, tuple[LandedPage, dict[str, str]]] = {}
        self._kept: dict[str, Answer] = {}
        self._journal: TextIO | None = None
        self._lines = 0

    def __enter__(self) -> ResumableWriter:
        is_begun = self._beside.exists()
        if is_begun:
            self._take_up()
        else:
            super().__enter__()
        # Line by line, so that being killed loses the last line at most.
        self._journal = (self._beside / JOURNAL).open("a", encoding="utf-8", buffering=1)
        if not is_begun:
            self._write(to_document(self._manifest))
        return self

    def __exit__(self, *raised: object) -> None:
        if self._journal is not None:
            self._journal.close()
        error = raised[1] if len(raised) > 1 else None
        is_over = error is None or (isinstance(error, _ENDS) and not isinstance(error, _GOES_ON))
        if is_over or not self._lines:
            super().__exit__(*raised)

    def found(self, request: str) -> Answer | None:
        """The answer to a request of an earlier part; each is given once."""
        kept = self._kept.get(request)
        if kept is not None:
            return kept
        landed = self._landed.get(request)
        if landed is None:
            return None
        page, headers = landed
        body = self._body(page)
        if body is None:
            del self._landed[request]
            return None
        return Answer("GET", "", 200, headers, body, request)

    def keep(self, answer: Answer) -> None:
        """Remember an answer that is no page: the ids that a search found, a job's id."""
        if answer.request in self._kept:
            return
        body = base64.b64encode(gzip.compress(answer.body, 1)).decode("ascii")
        self._write({"request": answer.request, "answer": body})

    def add(self, page: Page) -> None:
        landed = self._landed.pop(page.request, None) if page.request else None
        if landed is not None:
            self._pages.append(replace(landed[0], asked=page.asked, context=dict(page.context)))
            return
        super().add(page)
        if page.request:
            self._write(
                {
                    "request": page.request,
                    "page": page_document(self._pages[-1]),
                    "headers": dict(page.headers),
                }
            )

    def finish(self, **facts: Any) -> Manifest:
        if self._journal is not None:
            self._journal.close()
        (self._beside / JOURNAL).unlink(missing_ok=True)
        for page, _ in self._landed.values():
            (self._beside / page.file).unlink(missing_ok=True)
        return super().finish(**facts)

    def _take_up(self) -> None:
        """Read the journal, and forget what it does not name or what is not whole."""
        lines = _lines(self._beside / JOURNAL)[1:]
        for line in lines:
            request = line["request"]
            if "answer" in line:
                body = gzip.decompress(base64.b64decode(line["answer"]))
                self._kept[request] = Answer("POST", "", 200, {}, body, request)
            else:
                self._landed[request] = page_from(line["page"]), line["headers"]
        self._lines = len(lines)
        named = {page.file for page, _ in self._landed.values()} | {JOURNAL}
        for path in self._beside.iterdir():
            if path.name not in named:
                path.unlink()
        # New files are numbered on.
        numbers = [int(page.file.partition(".")[0]) for page, _ in self._landed.values()]
        self._before = max(numbers, default=0)

    def _body(self, page: LandedPage) -> bytes | None:
        try:
            return read_body(self._beside, page)
        except (OSError, DamagedLandingError):
            return None  # written when the power failed: asked for again

    def _write(self, line: dict[str, Any]) -> None:
        if self._journal is None:
            raise ValueError("the landing is not open")
        self._journal.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._lines += "request" in line


def _read(folder: Path) -> Begun | None:
    journal = folder / JOURNAL
    try:
        touched = datetime.fromtimestamp(journal.stat().st_mtime, UTC)
        if datetime.now(UTC) - touched > KEPT_FOR:
            return None
        return Begun(folder, from_document(_lines(journal)[0]))
    except (OSError, IndexError, KeyError, TypeError, ValueError, DamagedLandingError):
        return None


def _lines(journal: Path) -> list[dict[str, Any]]:
    """The journal's whole lines: being killed may have cut the last one."""
    found: list[dict[str, Any]] = []
    for line in journal.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found


def _asks(begun: Manifest, mode: Mode, window: Window) -> bool:
    """Whether what was begun is what is asked now, the end of an open window apart."""
    if mode == "whole" or begun.mode != mode or begun.window.start != window.start:
        return False
    if mode == "backfill":
        return begun.window.end == window.end
    return begun.window.end <= window.end


def _typed(field: Field) -> tuple[str, str]:
    return field.name, field.type
