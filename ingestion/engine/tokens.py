"""Refresh tokens that a vendor replaces: the newest is on disk before anything is done with it.

The token that a person set is where the line begins. Once the vendor has replaced it, the file's
is the one that works, until the person sets another: the file notes, as a hash, from which value
its token descends. Only a process that is killed between the vendor's answer and the file loses
the line; then the app has to be authorised anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ingestion.engine.errors import CredentialsError, FatalError

T = TypeVar("T")

FOLDER = "secrets"
_RESERVED = 8192  # more than any token file needs


@dataclass(frozen=True)
class RefreshToken:
    """One source's refresh token; `setting` names the variable that holds the `given` one."""

    home: Path
    source: str
    setting: str
    given: str = field(repr=False)

    def exchange(self, ask: Callable[[str], tuple[T, str | None]]) -> T:
        """What `ask` makes of the newest token; the successor that it returns is stored first.

        One process at a time: of two that hand in the same token, one would be refused. In a
        thread of its own: Ctrl-C waits for its end, or an answer would come that nobody keeps.
        """
        with ThreadPoolExecutor(max_workers=1) as pool:
            return pool.submit(self._exchange, ask).result()

    def _exchange(self, ask: Callable[[str], tuple[T, str | None]]) -> T:
        with self._alone():
            offered = self._newest()
            with self._reserved() as keep:
                result, successor = ask(offered)
                if successor and successor != offered:
                    keep(successor)
        return result

    @property
    def path(self) -> Path:
        return self.home / FOLDER / f"{self.source}.json"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.parent.chmod(0o700)
            lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _newest(self) -> str:
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read()
        except FileNotFoundError:
            return self.given
        except OSError as error:
            raise CredentialsError(
                f"{self.path} holds the refresh token and cannot be read ({error.strerror}): "
                "give it to the user that runs this, with mode 600"
            ) from error
        if mode & 0o077:
            raise CredentialsError(
                f"{self.path} holds the refresh token and is open to other users: chmod 600 it"
            )
        try:
            held = json.loads(content)
            token, origin = str(held["token"]), str(held["descends_from"])
        except (ValueError, KeyError, TypeError) as error:
            raise CredentialsError(
                f"{self.path} is damaged: delete it, authorise the app anew and set {self.setting}"
            ) from error
        return token if origin == self._origin else self.given

    @contextmanager
    def _reserved(self) -> Iterator[Callable[[str], None]]:
        """A way to store the successor, with its room on the disk taken beforehand.

        A full disk is found out while the old token still works.
        """
        draft = self.path.with_suffix(".tmp")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(descriptor, b" " * _RESERVED)
                os.fsync(descriptor)
            except OSError:
                os.close(descriptor)
                draft.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield lambda token: self._store(descriptor, draft, token)
        finally:
            os.close(descriptor)
            draft.unlink(missing_ok=True)

    def _store(self, descriptor: int, draft: Path, token: str) -> None:
        held = {
            "token": token,
            "descends_from": self._origin,
            "stored_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        content = json.dumps(held).encode()
        try:
            os.pwrite(descriptor, content, 0)
            os.ftruncate(descriptor, len(content))
            os.fsync(descriptor)
            draft.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise CredentialsError(
                f"the vendor has replaced the refresh token and {self.path} could not take the new "
                f"one ({error.strerror}): authorise the app anew and set {self.setting}"
            ) from error

    @property
    def _origin(self) -> str:
        return hashlib.sha256(self.given.encode()).hexdigest()

    def _unwritable(self, error: OSError) -> FatalError:
        return FatalError(
            f"{self.path.parent} cannot be written ({error.strerror}), so a new refresh token would "
            "be lost: check SALES_HEARTBEAT_HOME; the old token was not used"
        )


def home_of(settings: Mapping[str, str]) -> Path:
    """Where a connection, which is handed settings only, keeps what must outlive it."""
    return Path(settings.get("SALES_HEARTBEAT_HOME") or "var")
