"""What is in the folder, and how what is ambiguous will be read."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.engine.client import Client
from ingestion.sources.spreadsheets.connection import Folder
from ingestion.sources.spreadsheets.conventions import declared
from ingestion.sources.spreadsheets.folder import checksums


def identify(client: Client, settings: Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(client, Folder):
        raise TypeError("spreadsheets are read through a Folder")
    return {
        "folder": str(client.path),
        "files": str(len(checksums(client.path))),
        "locale": declared(settings) or "none declared: each file has to settle it by itself",
    }
