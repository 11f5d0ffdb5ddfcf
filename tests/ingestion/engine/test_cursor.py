"""From when on changes are read, when the vendor's clock cannot be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.engine.cursor import naive, starts
from ingestion.engine.warehouse import opened, prepare_books

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("cursor", "vendor_now", "own_now", "start"),
    [
        # Both clocks have gone on by three hours.
        (NOON, NOON + 3 * HOUR, NOON + 3 * HOUR, NOON),
        # The vendor's was two hours ahead, and is right again one hour later, or three.
        (NOON + 2 * HOUR, NOON + HOUR, NOON + HOUR, NOON),
        (NOON + 2 * HOUR, NOON + 3 * HOUR, NOON + 3 * HOUR, NOON),
        # It was behind: nothing is passed over.
        (NOON - 2 * HOUR, NOON + HOUR, NOON + HOUR, NOON - 2 * HOUR),
        # At a sandbox a week passes in a second of ours.
        (NOON, NOON + 168 * HOUR, NOON + timedelta(seconds=1), NOON),
    ],
)
def test_reads_on_from_the_cursor_or_from_where_it_should_have_been(
    tmp_path: Path, cursor: datetime, vendor_now: datetime, own_now: datetime, start: datetime
) -> None:
    with opened(tmp_path / "warehouse.duckdb") as connection:
        assert starts(connection, "hubspot", now=vendor_now, own_now=own_now) == {}
        prepare_books(connection)
        connection.execute(
            "insert into _ingestion.cursors values ('hubspot', 'deals', ?, 'one', ?)",
            [naive(cursor), naive(NOON)],
        )
        connection.execute(
            "insert into _ingestion.loads by name select 'hubspot' as source, 'deals' as entity, "
            "'one' as load_id, 'loaded' as status, 'full' as mode, 1 as rows, 1 as requests, "
            "1 as bytes, 1 as seconds, '1' as api_version, ? as landed_at, ? as loaded_at",
            [naive(NOON), naive(NOON)],
        )
        assert starts(connection, "hubspot", now=vendor_now, own_now=own_now) == {"deals": start}
