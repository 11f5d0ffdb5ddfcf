"""What the threads that read pages must not be the first to import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ingestion.engine import chunks
from ingestion.engine.landing import Writer
from ingestion.model import Page, Plan, Window

now = datetime(2026, 1, 1, tzinfo=UTC)
folder = Path(sys.argv[1])
with Writer(folder, "1") as writer:
    writer.add(Page("records", b'{"results": [{"id": "1"}]}', 1))
    writer.add(Page("records", b'"Id","Name"\\n"1","a"\\n', 1, format="csv"))
    manifest = writer.finish(
        source="toy", entity="things", mode="full", window=Window(None, now), api_version="1",
        landed_at=now, plan=Plan(), requests=1, seconds=0.0,
    )
assert len(list(chunks.read(folder / "1", manifest.pages, {"records"}))) == 2
assert "pandas" not in sys.modules
"""


def test_pages_are_read_without_pandas(tmp_path: Path) -> None:
    """Imported in a thread while the main one imports it as well, it was seen half made."""
    subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], check=True, timeout=60)
