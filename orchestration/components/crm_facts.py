"""What is told of a pull and a load in metadata."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingestion.engine.progress import Pulse
from ingestion.model import OWN_OBJECTS, Landed, Loaded


def of_landed(landed: Landed, pulse: Pulse | None) -> dict[str, str | int | float]:
    facts: dict[str, str | int | float] = {
        "status": landed.status,
        "dagster/row_count": landed.rows,
        "requests": landed.requests,
        "bytes": landed.bytes,
        "seconds": landed.seconds,
    }
    if landed.seconds > 0:
        facts["rows_per_second"] = round(landed.rows / landed.seconds, 1)
    if pulse is not None and pulse.quota_left is not None:
        facts["quota_left"] = pulse.quota_left
    if landed.reason:
        facts["reason"] = landed.reason
    if landed.set_aside:
        facts["set_aside"] = "; ".join(landed.set_aside)
    if landed.load_id:
        facts["load_id"] = landed.load_id
    if landed.window_end:
        start = landed.window_start
        facts["window_start"] = start.isoformat() if start else "ever"
        facts["window_end"] = landed.window_end.isoformat()
    return facts


def of_own(own: Sequence[Landed]) -> dict[str, str | int | float]:
    """All objects that only the account has together, and what became of each that was found."""
    found = [one for one in own if one.entity != OWN_OBJECTS]
    reasons = {f"{one.entity}: {one.reason}" for one in found if one.reason}
    reasons |= {one.reason for one in own if one.entity == OWN_OBJECTS and one.reason}
    statuses = {one.status for one in own}
    facts: dict[str, str | int | float] = {
        # With nothing found there is nothing amiss: an account need not have any.
        "status": "landed" if "landed" in statuses or not own else own[0].status,
        "objects": len(found),
        "dagster/row_count": sum(one.rows for one in own),
        "requests": sum(one.requests for one in own),
        "bytes": sum(one.bytes for one in own),
        "seconds": sum(one.seconds for one in own),
    }
    if reasons:
        facts["reason"] = "; ".join(sorted(reasons))
    for one in found:
        facts[f"{one.entity} rows"] = one.rows
    return facts


def of_loaded(loaded: Iterable[Loaded]) -> dict[str, str | int | float]:
    """Of the entities that fill the table, all their tables together."""
    folders = list(loaded)
    return {
        "entities": ", ".join(sorted({one.entity for one in folders})) or "nothing new",
        "rows_read": sum(one.rows_read for one in folders),
        "rows_inserted": sum(one.rows_inserted for one in folders),
        "rows_updated": sum(one.rows_updated for one in folders),
        "rows_deleted": sum(one.rows_deleted for one in folders),
        "columns_added": sum(len(one.columns_added) for one in folders),
        "seconds": sum(one.seconds for one in folders),
        **counts(folders),
    }


def counts(folders: Iterable[Loaded]) -> dict[str, str | int | float]:
    """Ours beside the vendor's numbers, as the last load of each entity left them."""
    facts: dict[str, str | int | float] = {}
    for entity, one in {one.entity: one for one in folders}.items():
        for measure in one.reconciled:
            name = f"{entity} {measure.measure}"
            facts[f"{name} here"] = float(measure.raw)
            if measure.vendor is not None and measure.gap is not None:
                facts[f"{name} at the vendor"] = float(measure.vendor)
                facts[f"{name} gap"] = float(measure.gap)
                facts[f"{name} in flight"] = measure.in_flight
    return facts
