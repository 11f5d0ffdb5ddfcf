"""Prepares the folder in which Dagster keeps its runs: `python -m orchestration.dagster_home FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

SETTINGS = Path(__file__).parent / "instance" / "dagster.yaml"


def prepare(home: Path) -> Path:
    """Put our settings into the folder, newest version always; returns it as an absolute path."""
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists() or settings.read_bytes() != SETTINGS.read_bytes():
        settings.write_bytes(SETTINGS.read_bytes())
    return home


if __name__ == "__main__":
    sys.stdout.write(f"{prepare(Path(sys.argv[1]))}\n")
