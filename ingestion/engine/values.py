"""A vendor's text as a typed value, in SQL. Null when the text does not fit the type.

Empty text means no value at both vendors. Text that a cast would bend (1.6 to an integer, `yes` to
true, a time of day to a date) does not fit: the loader keeps it beside the column.
"""

from __future__ import annotations


def present(text: str) -> str:
    return f"nullif({text}, '')"


def typed(text: str, column_type: str) -> str:
    """SQL of the column's type for SQL text that is never empty."""
    if column_type == "VARCHAR":
        return text
    if column_type == "BOOLEAN":
        return f"(case lower({text}) when 'true' then true when 'false' then false end)"
    if column_type == "BIGINT":
        number = _number(text)
        return f"(case when {number} = trunc({number}) then try_cast({number} as bigint) end)"
    if column_type == "DATE":
        return (
            f"(case when length({text}) = 10 then try_cast({text} as date) "
            f"when {text} like '%T00:00:00%Z' then try_cast({text} as date) end)"
        )
    if column_type == "TIMESTAMP":
        # Some HubSpot properties hold epoch milliseconds, and metadata does not tell which.
        return (
            f"coalesce(cast(try_cast({text} as timestamptz) as timestamp), "
            f"case when length({text}) between 11 and 14 "
            f"then epoch_ms(try_cast({text} as bigint)) end)"
        )
    if column_type.startswith("DECIMAL"):
        return _number(text)
    raise ValueError(f"no rule for columns of type {column_type}")


def _number(text: str) -> str:
    # DuckDB turns text into DECIMAL(38,10) about 150 times slower than into a narrow decimal, so
    # the narrow one takes what it holds exactly: up to 4 places, 13 digits before, no exponent.
    return (
        f"(case when instr({text}, 'e') > 0 or instr({text}, 'E') > 0 "
        f"then try_cast({text} as decimal(38,10)) "
        f"when instr({text}, '.') = 0 and length({text}) <= 14 "
        f"then cast(try_cast({text} as decimal(18,4)) as decimal(38,10)) "
        f"when instr({text}, '.') between 1 and 14 and length({text}) - instr({text}, '.') <= 4 "
        f"then cast(try_cast({text} as decimal(18,4)) as decimal(38,10)) "
        f"else try_cast({text} as decimal(38,10)) end)"
    )
