"""The quick ways to a typed value say the same as the plain ones."""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest

from ingestion.engine.values import typed

SAMPLES = [
    "12",
    "-5",
    "1.6",
    "1e3",
    "1E-2",
    "0x1f",
    "1_000",
    "007",
    "12345678901234",
    "123456789012345",
    "9223372036854775807",
    "9223372036854775808",
    "1.",
    "-.5",
    ".5",
    "0.12345",
    "99999999999999.1234",
    "true",
    "TRUE",
    "False",
    "yes",
    "1",
    "0",
    "NaN",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2024-01-01T10:00:00.123Z",
    "2024-02-30T10:00:00.123Z",
    "2024-01-01T10:00:00+02:00",
    "2024-01-01T10:00:00.000+0000",
    "2024-01-01T10:00:00.12+1Z",
    "1700000000000",
    "170000000000",
    "infinity",
    "epoch",
    "10:00",
    "ABCDEFGHIJKLMNOPQRSTUVWZ",
]
NUMBER = "try_cast(v as decimal(38,10))"
PLAIN = {
    "BOOLEAN": "case lower(v) when 'true' then true when 'false' then false end",
    "BIGINT": f"case when {NUMBER} = trunc({NUMBER}) then try_cast({NUMBER} as bigint) end",
    "DECIMAL(38,10)": NUMBER,
    "TIMESTAMP": (
        "coalesce(cast(try_cast(v as timestamptz) as timestamp), case when length(v) between 11 "
        "and 14 then epoch_ms(try_cast(v as bigint)) end)"
    ),
}


def _bent(seed: int) -> Iterator[str]:
    """The samples, and each of them with a slip of the finger or two."""
    chance = random.Random(seed)
    for sample in SAMPLES:
        yield sample
        for _ in range(30):
            letters = list(sample)
            for _ in range(chance.randint(1, 2)):
                at = chance.randrange(len(letters) + 1)
                letters[at : at + chance.randint(0, 1)] = chance.choice("0123456789.eEZT:-+ _x")
            yield "".join(letters)


@pytest.mark.parametrize("column_type", PLAIN)
def test_every_text_gets_the_value_that_a_plain_cast_gives(column_type: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create table texts as select unnest(?::varchar[]) as v", [[*_bent(1)]])
        different = connection.execute(
            f"select v, {typed('v', column_type)} as a, {PLAIN[column_type]} as b "
            "from texts where a is distinct from b"
        ).fetchall()
    assert different == []
