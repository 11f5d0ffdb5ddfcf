"""Whatever the records say, nobody is joined to somebody that he contradicts, in whatever order.

The models themselves are asked, compiled once and run on tables of a few rows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.xdist_group("identity_properties")

PROJECT = Path(__file__).parents[2] / "dbt_project"
PASSES = {
    "account": (
        "int_crm__account_links",
        "int_crm__account_tax_matches",
        "int_crm__account_domain_matches",
        "int_crm__account_ids",
    ),
    "person": ("int_crm__person_links", "int_crm__person_email_matches", "int_crm__person_ids"),
}
COLUMNS = {
    "account": (
        "record_number bigint, source_system varchar, vendor_id varchar, is_deleted boolean,"
        " live_bit integer, linked varchar, mark_a varchar, mark_b varchar, name_key varchar,"
        " merged_into_id varchar, linked_salesforce_id varchar, country_code varchar"
    ),
    "person": (
        "record_number bigint, source_system varchar, vendor_id varchar, is_deleted boolean,"
        " live_bit integer, linked varchar, mark_a varchar, mark_b varchar, first_word varchar,"
        " merged_into_id varchar, linked_contact_id varchar, email varchar, phone varchar,"
        " last_word varchar, account_key varchar, linked_lead_id varchar, record_type varchar,"
        " root_number bigint, is_root_deleted boolean, is_shared_mailbox boolean"
    ),
}
SYSTEMS = ("salesforce", "hubspot", "pipedrive")


def _examples(count: int) -> settings:
    """The same ones in every run; a pass is planned anew each time, which is most of the time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


@dataclass(frozen=True)
class Entry:
    """A record: of an account the domain, tax number and name; of a person address, phone, name."""

    number: int
    system: str
    is_deleted: bool
    linked: int | None  # number of the Salesforce record that the sync links it to
    first: str | None
    second: str | None
    name: str | None

    @property
    def vendor_id(self) -> str:
        return f"r{self.number}"


class Decision(NamedTuple):
    one: int
    other: int
    word: str


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Entry], list[Decision]]:
    counts = [draw(st.integers(1, 4)) for _ in SYSTEMS]
    maybe = st.sampled_from([None, "x", "y"])
    entries: list[Entry] = []
    for system, count in zip(SYSTEMS, counts, strict=True):
        for _ in range(count):
            linked = draw(st.none() | st.integers(1, counts[0])) if system == "hubspot" else None
            entries.append(
                Entry(
                    len(entries) + 1,
                    system,
                    draw(st.integers(0, 5)) == 0,
                    linked,
                    draw(maybe),
                    draw(maybe),
                    draw(maybe),
                )
            )
    number = st.integers(1, len(entries))
    drawn = draw(
        st.lists(st.tuples(number, number, st.sampled_from(["join", "separate"])), max_size=2)
    )
    return entries, [Decision(*each) for each in drawn if each[0] != each[1]]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of every pass, as dbt compiles it."""
    folder = tmp_path_factory.mktemp("identity")
    names = [name for passes in PASSES.values() for name in passes]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "compile", "--select", *names),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            *("--vars", '{"as_of": "2026-11-03T15:00:00Z"}'),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(folder / "warehouse.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return {
        path.stem: path.read_text()
        for path in (folder / "target" / "compiled").rglob("*.sql")
        if path.stem in names
    }


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as found:
        found.execute("set threads = 1")
        found.execute("attach ':memory:' as warehouse")
        found.execute("create schema warehouse.intermediate")
        found.execute("create schema warehouse.seeds")
        found.execute(
            "create table warehouse.seeds.identity_overrides (entity varchar, source_system_a varchar,"
            " id_a varchar, source_system_b varchar, id_b varchar, decision varchar)"
        )
        for entity, columns in COLUMNS.items():
            found.execute(
                f"create table warehouse.intermediate.int_crm__{entity}_records ({columns})"
            )
        yield found


def _row(entity: str, each: Entry) -> tuple[object, ...]:
    linked = None if each.linked is None else f"r{each.linked}"
    bit = 0 if each.is_deleted else 2 ** SYSTEMS.index(each.system)
    head = (each.number, each.system, each.vendor_id, each.is_deleted, bit, linked)
    if entity == "account":
        return (*head, each.first, each.second, each.name, None, linked, "BR")
    last = each.name and f"{each.name} last"
    return (
        *(*head, None, None, each.name, None, linked, each.first, each.second, last, None, None),
        *("contact", each.number, each.is_deleted, False),
    )


def _clusters(
    connection: duckdb.DuckDBPyConnection,
    models: dict[str, str],
    entity: str,
    entries: Sequence[Entry],
    decisions: Sequence[Decision],
) -> tuple[dict[int, str], set[int]]:
    """The key of each record, and the records that a decision brought where they are."""
    by_number = {each.number: each for each in entries}
    table = f"warehouse.intermediate.int_crm__{entity}_records"
    connection.execute(f"delete from {table}")
    connection.execute("delete from warehouse.seeds.identity_overrides")
    rows = [_row(entity, each) for each in entries]
    places = ", ".join("?" * len(rows[0]))
    connection.executemany(f"insert into {table} values ({places})", rows)
    for one, other, word in decisions:
        a, b = by_number[one], by_number[other]
        connection.execute(
            "insert into warehouse.seeds.identity_overrides values (?, ?, ?, ?, ?, ?)",
            [entity, a.system, a.vendor_id, b.system, b.vendor_id, word],
        )
    for name in PASSES[entity]:
        connection.execute(
            f"create or replace table warehouse.intermediate.{name} as {models[name]}"
        )
    found = connection.execute(
        f"select vendor_id, record_key, match_rule from warehouse.intermediate.int_crm__{entity}_ids"
    ).fetchall()
    assert len(found) == len(entries)
    keys = {int(vendor_id[1:]): key for vendor_id, key, _ in found}
    return keys, {int(vendor_id[1:]) for vendor_id, _, rule in found if rule == "override"}


def _linked(one: Entry, other: Entry) -> bool:
    """Whether the sync links the two, or both to one record."""
    return (
        other.linked == one.number
        or one.linked == other.number
        or (one.linked is not None and one.linked == other.linked)
    )


@pytest.mark.parametrize("entity", ["account", "person"])
def test_no_cluster_holds_what_contradicts_itself(
    entity: str, models: dict[str, str], connection: duckdb.DuckDBPyConnection
) -> None:
    @_examples(50)
    @given(worlds())
    def check(world: tuple[list[Entry], list[Decision]]) -> None:
        entries, decisions = world
        keys, decided = _clusters(connection, models, entity, entries, decisions)
        decided_keys = {keys[number] for number in decided}
        for one, other in combinations(entries, 2):
            if keys[one.number] != keys[other.number]:
                continue
            assert one.is_deleted == other.is_deleted
            if keys[one.number] in decided_keys or one.is_deleted:
                continue
            if one.system == other.system:
                assert _linked(one, other)
            if entity == "account":
                for a, b in ((one.first, other.first), (one.second, other.second)):
                    # Two values in one cluster: only the two records that the sync itself links.
                    assert a is None or b is None or a == b or other.linked == one.number

    check()


@pytest.mark.parametrize("entity", ["account", "person"])
def test_what_somebody_keeps_apart_is_never_joined_by_a_rule(
    entity: str, models: dict[str, str], connection: duckdb.DuckDBPyConnection
) -> None:
    @_examples(25)
    @given(worlds())
    def check(world: tuple[list[Entry], list[Decision]]) -> None:
        entries, drawn = world
        decisions = [each for each in drawn if each.word == "separate"]
        keys, _ = _clusters(connection, models, entity, entries, decisions)
        for each in decisions:
            assert keys[each.one] != keys[each.other]

    check()


@pytest.mark.parametrize("entity", ["account", "person"])
def test_what_somebody_joins_is_one_whatever_the_rules_say(
    entity: str, models: dict[str, str], connection: duckdb.DuckDBPyConnection
) -> None:
    @_examples(25)
    @given(worlds())
    def check(world: tuple[list[Entry], list[Decision]]) -> None:
        entries, drawn = world
        decisions = [each for each in drawn if each.word == "join"]
        keys, _ = _clusters(connection, models, entity, entries, decisions)
        is_deleted = {each.number: each.is_deleted for each in entries}
        for each in decisions:
            # The deletion of a copy takes nothing away: a live one and a deleted one stay two.
            is_one = is_deleted[each.one] == is_deleted[each.other]
            assert (keys[each.one] == keys[each.other]) is is_one

    check()


@pytest.mark.parametrize("entity", ["account", "person"])
def test_the_order_of_the_rows_decides_nothing(
    entity: str, models: dict[str, str], connection: duckdb.DuckDBPyConnection
) -> None:
    @_examples(15)
    @given(worlds(), st.randoms(use_true_random=False))
    def check(world: tuple[list[Entry], list[Decision]], shuffler: object) -> None:
        entries, decisions = world
        expected = _clusters(connection, models, entity, entries, decisions)
        shuffled, other_way = list(entries), list(decisions)
        shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
        other_way.reverse()
        assert _clusters(connection, models, entity, shuffled, other_way) == expected

    check()
