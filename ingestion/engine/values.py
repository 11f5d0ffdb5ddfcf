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
        return (
            f"(case when {text} = 'true' then true when {text} = 'false' then false "
            f"when lower({text}) = 'true' then true when lower({text}) = 'false' then false end)"
        )
    if column_type == "BIGINT":
        number = _number(text)
        return (
            f"(case when {_is_short(text)} then cast(try_cast({text} as decimal(18,4)) as bigint) "
            f"when {number} = trunc({number}) then try_cast({number} as bigint) end)"
        )
    if column_type == "DATE":
        return (
            f"(case when length({text}) = 10 then try_cast({text} as date) "
            f"when {text} like '%T00:00:00%Z' then try_cast({text} as date) end)"
        )
    if column_type == "TIMESTAMP":
        # Both vendors' usual form of UTC needs no look at time zones, which costs four times as
        # much. Some HubSpot properties hold epoch milliseconds; metadata does not tell which.
        return (
            f"(case when length({text}) in (20, 24) and suffix({text}, 'Z') "
            f"then try_cast({text} as timestamp) "
            f"else coalesce(cast(try_cast({text} as timestamptz) as timestamp), "
            f"case when length({text}) between 11 and 14 "
            f"then epoch_ms(try_cast({text} as bigint)) end) end)"
        )
    if column_type.startswith("DECIMAL"):
        return _number(text)
    raise ValueError(f"no rule for columns of type {column_type}")


def _is_short(text: str) -> str:
    """Whether a narrow decimal holds the text if it is a whole number."""
    return (
        f"length({text}) <= 14 and instr({text}, '.') = 0 "
        f"and instr({text}, 'e') = 0 and instr({text}, 'E') = 0"
    )


def _number(text: str) -> str:
    # DuckDB turns text into DECIMAL(38,10) about 150 times slower than into a narrow decimal, so
    # the narrow one takes what it holds exactly: up to 4 places, 13 digits before, no exponent.
    return (
        f"(case when instr({text}, 'e') > 0 or instr({text}, 'E') > 0 "
        f"then try_cast({text} as decimal(38,10)) "
        f"when {_is_short(text)} "
        f"then cast(try_cast({text} as decimal(18,4)) as decimal(38,10)) "
        f"when instr({text}, '.') between 1 and 14 and length({text}) - instr({text}, '.') <= 4 "
        f"then cast(try_cast({text} as decimal(18,4)) as decimal(38,10)) "
        f"else try_cast({text} as decimal(38,10)) end)"
    )
