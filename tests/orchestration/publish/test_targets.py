"""A publication is whole or does not happen, and readers never notice one."""

from __future__ import annotations

import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.publish.targets import DuckDbFile, ParquetFolder, PublicationError, Target

NAMES = ["pub_deals", "pub_kpi_values"]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    fill(path, version=1)
    return path


def fill(path: Path, *, version: int, rows: int = 50) -> None:
    """Two views over one table, as dbt makes them: with the catalog's name in their text."""
    with duckdb.connect(path) as connection:
        connection.execute("create schema if not exists core")
        connection.execute("create schema if not exists publish")
        connection.execute(
            f"""
            create or replace table core.deals as
            select i as deal, {version} as version, cast(i as decimal(18, 2)) as amount,
                'a ''quoted'' name' as name
            from range({rows}) as t(i)
            """
        )
        for name in NAMES:
            connection.execute(
                f"create or replace view publish.{name} as select * from warehouse.core.deals"
            )
        connection.execute(
            "comment on view publish.pub_deals is 'One row per deal, 100% ''ours''.'"
        )
        connection.execute("comment on column publish.pub_deals.amount is 'In its own currency.'")


def versions(path: Path) -> set[int]:
    with duckdb.connect(path, read_only=True) as connection:
        return {
            row[0]
            for name in NAMES
            for row in connection.execute(f"select distinct version from {name}").fetchall()
        }


def test_the_file_holds_the_views_as_tables_with_their_comments(
    warehouse: Path, tmp_path: Path
) -> None:
    target = DuckDbFile(tmp_path / "published" / "heartbeat.duckdb")

    published = target.publish(warehouse, NAMES)

    assert [(table.name, table.rows, table.columns) for table in published] == [
        ("pub_deals", 50, 4),
        ("pub_kpi_values", 50, 4),
    ]
    with duckdb.connect(target.path, read_only=True) as connection:
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() order by 1"
        ).fetchall()
        columns = connection.execute(
            "select comment, data_type from duckdb_columns() where table_name = 'pub_deals'"
            " and column_name = 'amount'"
        ).fetchall()
    assert tables == [("pub_deals", "One row per deal, 100% 'ours'."), ("pub_kpi_values", None)]
    assert columns == [("In its own currency.", "DECIMAL(18,2)")]


def test_the_file_is_in_the_oldest_format_of_the_1_line(warehouse: Path, tmp_path: Path) -> None:
    target = DuckDbFile(tmp_path / "heartbeat.duckdb")

    target.publish(warehouse, NAMES)

    # The header: a checksum of 8 bytes, "DUCK", and the number of the format; 64 is DuckDB 0.9's.
    assert struct.unpack("<8x4sQ", target.path.read_bytes()[:20]) == (b"DUCK", 64)


def test_the_same_rows_give_the_same_tables_in_the_same_order(
    warehouse: Path, tmp_path: Path
) -> None:
    targets = [DuckDbFile(tmp_path / f"{number}.duckdb") for number in (1, 2)]
    for target in targets:
        target.publish(warehouse, NAMES)

    contents = []
    for target in targets:
        with duckdb.connect(target.path, read_only=True) as connection:
            contents.append(connection.execute("select * from pub_deals").fetchall())

    assert contents[0] == contents[1]
    assert [row[0] for row in contents[0]] == list(range(50))


def test_the_parquet_files_stand_behind_one_link(warehouse: Path, tmp_path: Path) -> None:
    target = ParquetFolder(tmp_path / "parquet")

    published = target.publish(warehouse, NAMES)

    assert target.path.is_symlink()
    assert sorted(file.name for file in target.path.iterdir()) == [
        "pub_deals.parquet",
        "pub_kpi_values.parquet",
    ]
    found = duckdb.sql(f"select count(*) from '{target.path / 'pub_deals.parquet'}'").fetchall()
    assert found == [(published[0].rows,)]


def test_the_publication_before_stays_for_readers_who_are_on_their_way(
    warehouse: Path, tmp_path: Path
) -> None:
    target = ParquetFolder(tmp_path / "parquet")
    target.publish(warehouse, NAMES)
    first = target.path.resolve()

    target.publish(warehouse, NAMES)
    assert first.exists()
    target.publish(warehouse, NAMES)
    assert not first.exists()


@pytest.mark.parametrize("make", [DuckDbFile, ParquetFolder])
def test_a_missing_view_publishes_nothing(
    make: Callable[[Path], Target], warehouse: Path, tmp_path: Path
) -> None:
    path = tmp_path / "published" / "target"
    target = make(path)
    target.publish(warehouse, NAMES)
    before = path.resolve().stat().st_ino

    with pytest.raises(PublicationError, match="pub_absent"):
        target.publish(warehouse, [*NAMES, "pub_absent"])

    assert path.resolve().stat().st_ino == before
    left = [entry.name for entry in path.parent.iterdir() if "building" in entry.name]
    assert left == []


@pytest.mark.parametrize("make", [DuckDbFile, ParquetFolder])
def test_a_view_that_breaks_half_way_publishes_nothing(
    make: Callable[[Path], Target], warehouse: Path, tmp_path: Path
) -> None:
    path = tmp_path / "published" / "target"
    target = make(path)
    target.publish(warehouse, NAMES)
    before = path.resolve().stat().st_ino
    with duckdb.connect(warehouse) as connection:
        connection.execute(
            "create or replace view publish.pub_kpi_values as"
            " select cast('x' || deal as integer) as version from core.deals"
        )

    with pytest.raises(duckdb.ConversionException):
        target.publish(warehouse, NAMES)

    assert path.resolve().stat().st_ino == before


def test_nothing_is_published_from_no_warehouse(tmp_path: Path) -> None:
    target = DuckDbFile(tmp_path / "heartbeat.duckdb")

    with pytest.raises(PublicationError, match="no warehouse"):
        target.publish(tmp_path / "warehouse.duckdb", NAMES)

    assert not target.path.exists()


READER = """
import sys, duckdb
path, until = sys.argv[1], int(sys.argv[2])
seen = []
print("ready", flush=True)
while not seen or seen[-1] < until:
    with duckdb.connect(path, read_only=True) as connection:
        deals = connection.execute("select min(version), max(version), count(*) from pub_deals")
        first = deals.fetchall()[0]
        other = connection.execute("select min(version), max(version), count(*) from pub_kpi_values")
        second = other.fetchall()[0]
    assert first == second, f"half a state: {first} and {second}"
    assert first[0] == first[1] and first[2] == 50, f"torn: {first}"
    assert not seen or first[0] >= seen[-1], f"went back from {seen[-1]} to {first[0]}"
    seen.append(first[0])
print(len(seen))
"""


def test_a_reader_who_opens_the_file_again_and_again_sees_ten_swaps_whole(
    warehouse: Path, tmp_path: Path
) -> None:
    target = DuckDbFile(tmp_path / "heartbeat.duckdb")
    target.publish(warehouse, NAMES)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(target.path), "11"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"

    for version in range(2, 12):
        fill(warehouse, version=version)
        target.publish(warehouse, NAMES)

    seen, errors = reader.communicate(timeout=60)
    assert reader.returncode == 0, errors
    assert int(seen) > 1


def test_a_reader_who_stays_keeps_the_old_file(warehouse: Path, tmp_path: Path) -> None:
    target = DuckDbFile(tmp_path / "heartbeat.duckdb")
    target.publish(warehouse, NAMES)

    with duckdb.connect(target.path, read_only=True) as reader:
        for version in range(2, 12):
            fill(warehouse, version=version)
            target.publish(warehouse, NAMES)
            assert reader.execute(
                "select min(version), max(version), count(*) from pub_deals"
            ).fetchall() == [(1, 1, 50)]

    assert versions(target.path) == {11}


PUBLISHER = """
import sys
from pathlib import Path
from orchestration.publish.targets import DuckDbFile
DuckDbFile(Path(sys.argv[2])).publish(Path(sys.argv[1]), ["pub_deals", "pub_kpi_values"])
"""


def test_a_publication_that_is_killed_leaves_the_old_file_and_the_next_one_cleans_up(
    warehouse: Path, tmp_path: Path
) -> None:
    target = DuckDbFile(tmp_path / "published" / "heartbeat.duckdb")
    target.publish(warehouse, NAMES)
    fill(warehouse, version=2, rows=3_000_000)
    publisher = subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, str(warehouse), str(target.path)], cwd=ROOT
    )
    while not list(target.path.parent.glob(".*.building")):
        assert publisher.poll() is None
        time.sleep(0.002)
    publisher.send_signal(signal.SIGKILL)
    publisher.wait(timeout=30)

    assert versions(target.path) == {1}
    fill(warehouse, version=3)
    target.publish(warehouse, NAMES)
    assert versions(target.path) == {3}
    assert [entry.name for entry in target.path.parent.iterdir()] == ["heartbeat.duckdb"]


def test_after_an_erasure_no_older_publication_stays(warehouse: Path, tmp_path: Path) -> None:
    target = ParquetFolder(tmp_path / "parquet")
    target.publish(warehouse, NAMES)
    with duckdb.connect(warehouse) as connection:
        connection.execute("create schema _ingestion")
        connection.execute("create table _ingestion.erasures (erased_at timestamp)")
        connection.execute("insert into _ingestion.erasures values (now() at time zone 'UTC')")
    target.publish(warehouse, NAMES)
    folders = [path for path in (tmp_path / ".parquet").iterdir() if path.is_dir()]
    assert folders == [target.path.resolve()]
    target.publish(warehouse, NAMES)
    assert len([path for path in (tmp_path / ".parquet").iterdir() if path.is_dir()]) == 2
