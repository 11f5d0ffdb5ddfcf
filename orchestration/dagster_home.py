"""Prepares the folder in which Dagster keeps its runs: `python -m orchestration.dagster_home FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

SETTINGS = Path(__file__).parent / "instance" / "dagster.yaml"
STORAGE = """
storage:
  custom:
    module: orchestration.history
    class: Storage
    config: {{base_dir: {folder}}}
"""


def prepare(home: Path) -> Path:
    """Put our settings into the folder, newest version always; returns it as an absolute path."""
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    # The storage has to be told its folder, and the settings are the same for every folder.
    text = SETTINGS.read_text() + STORAGE.format(folder=json.dumps(str(home)))
    settings = home / "dagster.yaml"
    if not settings.exists() or settings.read_text() != text:
        settings.write_text(text)
    return home


if __name__ == "__main__":
    sys.stdout.write(f"{prepare(Path(sys.argv[1]))}\n")
