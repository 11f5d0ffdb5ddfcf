"""The company on disk: made once, then moved forward, always the same for a seed and an instant.

Moving forward compares what the CRMs show of a life before and after, and writes the difference:
`generate` at a later instant and `advance` to it leave the same rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from sandbox.company import hubspot_view, pipedrive_view, salesforce_view
from sandbox.company.births import Config
from sandbox.company.dates import DEFAULT_NOW, TIMEZONE
from sandbox.company.double_life import double_lives
from sandbox.company.life import lives
from sandbox.company.model import Life, Organisation
from sandbox.company.org import organisation
from sandbox.company.pipedrive_life import partner_lives
from sandbox.company.pipedrive_org import partner_unit
from sandbox.connection import PARTNERS_BY_DEFAULT
from sandbox.store import (
    HubspotAssociation,
    HubspotDocument,
    HubspotHistory,
    HubspotObject,
    PipedriveChange,
    PipedriveRecord,
    SalesforceRecord,
    Store,
)

_LIVES_PER_BATCH = 200

# Which table each kind of row stands in, and the columns of its key: the first ones of the row.
_KEYS: dict[type, tuple[str, tuple[str, ...]]] = {
    HubspotObject: ("hs_object", ("type", "id")),
    HubspotHistory: ("hs_history", ("type", "id", "property", "at", "ordinal")),
    HubspotAssociation: (
        "hs_association",
        ("from_type", "from_id", "to_type", "to_id", "type_id"),
    ),
    HubspotDocument: ("hs_document", ("kind", "id")),
    SalesforceRecord: ("sf_record", ("object", "id")),
    PipedriveRecord: ("pd_record", ("type", "id")),
    PipedriveChange: ("pd_change", ("deal_id", "at", "ordinal")),
}


def generate(
    path: Path,
    *,
    deals: int = 6000,
    seed: int = 7,
    now: datetime = DEFAULT_NOW,
    has_partners: bool = PARTNERS_BY_DEFAULT,
) -> None:
    """Writes the company beside the file and puts it in its place when it is whole."""
    building = path.with_name(path.name + ".building")
    building.unlink(missing_ok=True)
    _remove_logs(building)
    config = Config(seed=seed, deals=deals, has_partners=has_partners)
    org = organisation(seed)
    with Store(building) as store:
        # Nobody reads the file before it is whole, so it needs no journal until then.
        store.connection.execute("pragma journal_mode = off")
        store.connection.execute("pragma cache_size = -65536")
        for name, value in (
            ("now_ms", _milliseconds(now)),
            ("seed", seed),
            ("deals", deals),
            ("timezone", TIMEZONE),
            ("search_lag_ms", 0),
            ("has_partners", int(has_partners)),
        ):
            store.set_meta(name, str(value))
        store.put(_organisation_rows(org, config, now))
        _put_describes(store, now)
        batch: list[NamedTuple] = []
        shown = chain(
            (_life_rows(org, life, now) for life in lives(config, now)),
            (_partner_rows(life, now) for life in partner_lives(config, now)),
            (_double_rows(org, life, now) for life in double_lives(config, now)),
        )
        for number, rows in enumerate(shown, 1):
            batch.extend(rows)
            if number % _LIVES_PER_BATCH == 0:
                store.put(batch)
                store.commit()
                batch.clear()
        store.put(batch)
        store.commit()
        store.connection.execute("pragma journal_mode = wal")
    # A reader of the old file keeps it open; its write-ahead log must not meet the new file.
    _remove_logs(path)
    building.replace(path)


def advance(path: Path, *, days: int) -> None:
    """Moves the clock and writes what changed since, in one transaction."""
    with Store(path) as store:
        config, before = clock_of(store)
        after = before + timedelta(days=days)
        lag = int(store.meta("search_lag_ms") or 0)
        indexed_at = time.time_ns() // 1_000_000 + lag if lag else 0
        org = organisation(config.seed)
        _apply(
            store,
            _organisation_rows(org, config, before),
            _organisation_rows(org, config, after),
            indexed_at=indexed_at,
        )
        _put_describes(store, after)
        for life in lives(config, after):
            _apply(
                store,
                _life_rows(org, life, before),
                _life_rows(org, life, after),
                indexed_at=indexed_at,
            )
        for life in partner_lives(config, after):
            _apply(
                store,
                _partner_rows(life, before),
                _partner_rows(life, after),
                indexed_at=indexed_at,
            )
        for life in double_lives(config, after):
            _apply(
                store,
                _double_rows(org, life, before),
                _double_rows(org, life, after),
                indexed_at=indexed_at,
            )
        store.set_meta("now_ms", str(_milliseconds(after)))
        store.commit()


def clock_of(store: Store) -> tuple[Config, datetime]:
    """What the store was generated with, and the instant it stands at."""
    seed, deals = store.meta("seed"), store.meta("deals")
    if seed is None or deals is None:
        raise LookupError(f"{store.path} was not generated: only an invented company can move")
    now = datetime.fromtimestamp(store.now() // 1000, tz=UTC)
    has_partners = store.meta("has_partners") == "1"
    return Config(seed=int(seed), deals=int(deals), has_partners=has_partners), now


def _organisation_rows(org: Organisation, config: Config, at: datetime) -> Iterator[NamedTuple]:
    unit = pipedrive_view.organisation(partner_unit(), at) if config.has_partners else ()
    return chain(hubspot_view.organisation(org, at), salesforce_view.organisation(org, at), unit)


def _life_rows(org: Organisation, life: Life, at: datetime) -> Iterator[NamedTuple]:
    return chain(hubspot_view.life(org, life, at), salesforce_view.life(org, life, at))


def _partner_rows(life: Life, at: datetime) -> Iterator[NamedTuple]:
    return pipedrive_view.life(partner_unit(), life, at)


def _double_rows(org: Organisation, life: Life, at: datetime) -> Iterator[NamedTuple]:
    return chain(_life_rows(org, life, at), _partner_rows(life, at))


def _put_describes(store: Store, at: datetime) -> None:
    for name, describe in salesforce_view.describes(at).items():
        store.put_describe(name, describe)


def _apply(
    store: Store,
    before: Iterable[NamedTuple],
    after: Iterable[NamedTuple],
    *,
    indexed_at: int,
) -> None:
    gone = {_key(row): row for row in before}
    changed: list[NamedTuple] = []
    for row in after:
        old = gone.pop(_key(row), None)
        if row == old:
            continue
        # A value that is computed moves without a write, and search does not wait for it.
        if isinstance(row, HubspotObject) and (
            not isinstance(old, HubspotObject) or row.updated_at != old.updated_at
        ):
            changed.append(row._replace(indexed_at=indexed_at))
        else:
            changed.append(row)
    store.put(changed)
    for kind, key in gone:
        table, columns = _KEYS[kind]
        where = " and ".join(f"{column} = ?" for column in columns)
        store.connection.execute(f"delete from {table} where {where}", key)


def _key(row: NamedTuple) -> tuple[type, tuple[object, ...]]:
    kind = type(row)
    return kind, tuple(row[: len(_KEYS[kind][1])])


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1000


def _remove_logs(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
