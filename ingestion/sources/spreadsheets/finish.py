"""What a row means as a whole, kind by kind: the checks and columns that no single cell gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from ingestion.sources.spreadsheets.periods import Period, begin_of, end_of, period
from ingestion.sources.spreadsheets.words import Kind

Values = dict[str, str | None]

_SCORES = {"CSAT": (1, 5), "NPS": (0, 10), "CES": (1, 7)}
_SCOPES = ("owner", "team", "segment")  # the finest first: a rep's row may name the team as well


class BadRowError(Exception):
    """A row that cannot be taken: the column to blame, and a sentence."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def finished(kind: Kind, values: Values, when: Period | None, year: int | None) -> Values:
    """The row's raw columns. `when` is the period that it names, `year` the sheet's."""
    if kind.name == "targets":
        return _target(values, when, year)
    check = _CHECKS.get(kind.name)
    if check is not None:
        check(values)
    return values


def key_of(kind: Kind, values: Mapping[str, str | None], place: str) -> str:
    """What makes the row one of its kind: the same key is the same row, in whatever file."""
    parts = [values.get(name) for name in kind.key]
    is_anonymous = kind.name == "surveys" and not (
        values.get("response_id") or values.get("respondent_email")
    )
    if is_anonymous:
        parts.append(place)  # two people may well have given the same answer on one day
    return hashed(kind.name, *parts)


def hashed(*parts: str | None) -> str:
    text = "\x1f".join("" if part is None else part.casefold() for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _target(values: Values, when: Period | None, year: int | None) -> Values:
    values = dict(values)
    values["kpi_id"] = values.get("kpi_id") or "sales_amount"
    scope, who = _scope(values)
    start, grain = _period(values, when, year)
    told = values.get("valid_from")
    if told is not None and told >= end_of(start, grain).isoformat():
        raise BadRowError("valid_from", "the target would hold only after its period")
    series = hashed("target", values["kpi_id"], scope, who, grain, start.isoformat())
    for name in ("owner", "team", "segment", "year", "quarter", "month"):
        values.pop(name, None)
    return values | {
        "scope": scope,
        "scope_text": who,
        "period_grain": grain,
        "period_start": start.isoformat(),
        "period_end": end_of(start, grain).isoformat(),
        "series": series,
        "valid_from": told or start.isoformat(),
        "is_valid_from_told": "true" if told else "false",
    }


def _scope(values: Values) -> tuple[str, str | None]:
    given, name = values.get("scope"), values.get("scope_text")
    filled = [one for one in _SCOPES if values.get(one)]
    if given is None:
        if filled:
            given = filled[0]
        elif name is None:
            return "total", None
        elif "@" in name:
            given = "owner"
        else:
            raise BadRowError("scope", "the level is missing: total, team, owner or segment")
    if given == "total":
        return given, None
    who = name or values.get(given)
    if not who:
        raise BadRowError("scope_text", f"a target of the level {given} does not say of whom")
    return given, who.lower() if given == "owner" else who


def _period(values: Values, when: Period | None, year: int | None) -> tuple[date, str]:
    told = values.get("year")
    of = int(told) if told else year
    if when is None:
        for name, grain in (("month", "month"), ("quarter", "quarter")):
            text = values.get(name)
            if text:
                when = Period(grain, None, int(text)) if text.isdigit() else period(text)
                if when is None or (when.year is None and when.grain != grain):
                    raise BadRowError(name, f"is no {grain}")
                break
        else:
            when = Period("year", of) if told else None
    if when is None:
        raise BadRowError("period", "the period is missing")
    start = when.start(of)
    if start is None:
        raise BadRowError("period", "no year: neither the period nor a column or title names one")
    grain = values.get("period_grain") or ("month" if when.grain == "day" else when.grain)
    return begin_of(start, grain), grain


def _manual_sale(values: Values) -> None:
    if not values.get("amount") and not (values.get("quantity") and values.get("unit_price")):
        raise BadRowError("amount", "neither an amount nor a quantity with a unit price")


def _survey(values: Values) -> None:
    least, most = _SCORES[str(values["survey_type"])]
    if not least <= Decimal(str(values["score"])) <= most:
        raise BadRowError(
            "score", f"a score of {values['survey_type']} lies between {least} and {most}"
        )


def _benchmark(values: Values) -> None:
    of = values.get("segment_dimension")
    if of not in (None, "sector") and not values.get("segment"):
        raise BadRowError("segment", f"a benchmark of one {of} does not say of which")


def _return(values: Values) -> None:
    if not values.get("order_number") and not values.get("salesforce_order_id"):
        raise BadRowError("order_number", "the order is missing")


_CHECKS: Mapping[str, Callable[[Values], None]] = {
    "manual_sales": _manual_sale,
    "surveys": _survey,
    "returns": _return,
    "benchmarks": _benchmark,
}
