"""A file written anew holds what it held, and no byte of what was deleted from it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingestion.engine import compact, warehouse

TRACE = "Quenevere Zwischenahnen of 12 Lethe Street"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(found)) as connection:
        warehouse.prepare_books(connection)
        connection.execute("set force_compression = 'uncompressed'")  # or no text is to be found
        connection.execute("create schema raw_crm")
        connection.execute("create table raw_crm.people (id integer not null, name varchar)")
        connection.execute(
            f"insert into raw_crm.people select i, case i when 7 then '{TRACE}' else 'P' || i end "
            "from range(5000) t(i)"
        )
        connection.execute("create view main.living as select * from warehouse.raw_crm.people")
        connection.execute("comment on table raw_crm.people is 'Who they are.'")
        connection.execute("checkpoint")
        connection.execute("update raw_crm.people set name = null where id = 7")
    assert TRACE.encode() in found.read_bytes()
    return found


def book(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into _ingestion.erasures values "
            "('crm', 'people', 'hash', timestamp '2026-11-03', 1, 1, null)"
        )


def test_no_byte_stays_and_nothing_else_goes(path: Path) -> None:
    compact.rewrite(path)
    assert TRACE.encode() not in path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("select count(*), count(name) from living").fetchall() == [
            (5000, 4999)
        ]
        comment = "select comment from duckdb_tables() where table_name = 'people'"
        assert connection.execute(comment).fetchall() == [("Who they are.",)]
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("insert into raw_crm.people values (null, 'X')")


def test_it_is_done_once_for_an_erasure_and_never_without(path: Path) -> None:
    assert not compact.clean(path, is_made_anew=True)
    book(path)
    assert compact.clean(path, is_made_anew=False)
    assert TRACE.encode() not in path.read_bytes()
    assert not compact.clean(path, is_made_anew=True)


def test_what_was_made_of_raw_must_be_made_anew_before_the_file_is_clean(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create schema marts; create table marts.people as select '{TRACE}' n")
    book(path)
    assert not compact.clean(path, is_made_anew=False)
    assert compact.clean(path, is_made_anew=False, is_fresh=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create or replace table marts.people as select 'nobody' n")
    assert compact.clean(path, is_made_anew=True)
    assert TRACE.encode() not in path.read_bytes()
    assert not compact.clean(path, is_made_anew=True)


def test_what_a_killed_attempt_left_is_removed(path: Path) -> None:
    left = path.with_name(f".{path.name}.123.building")
    left.write_bytes(TRACE.encode())
    compact.rewrite(path)
    assert not left.exists()


def test_there_need_be_no_file(tmp_path: Path) -> None:
    assert not compact.clean(tmp_path / "warehouse.duckdb", is_made_anew=True)
