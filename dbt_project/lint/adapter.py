"""What sqlfluff shows our macros in place of dbt's adapter: it lints text and opens no database."""

from __future__ import annotations

from collections.abc import Callable


def dispatch(name: str) -> Callable[..., str]:
    """A stand-in for the engine's own body of a macro: something that reads as its result."""

    def body(*arguments: object) -> str:
        if name == "date_spine":
            return "select first_day as date_day from calendar"
        return f"{name}({', '.join(str(argument) for argument in arguments[:1])})"

    return body
