"""The golden numbers of a generated company, and the file they are handed over in."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import chain
from pathlib import Path

from sandbox.company.clock import clock_of
from sandbox.company.double_life import double_lives
from sandbox.company.life import lives
from sandbox.company.org import organisation
from sandbox.company.pipedrive_life import partner_lives
from sandbox.company.pipedrive_org import whole_organisation
from sandbox.company.tally import Number, TruthRow
from sandbox.company.truth import truth_rows
from sandbox.store import Store


def truth(path: Path) -> list[TruthRow]:
    """The rows for the company in the store, at the instant its clock shows."""
    with Store(path, read_only=True) as store:
        config, at = clock_of(store)
    org = whole_organisation(config.seed) if config.has_partners else organisation(config.seed)
    everybody = chain(lives(config, at), partner_lives(config, at), double_lives(config, at))
    return truth_rows(org, everybody, at)


def write_truth(path: Path, out: Path) -> None:
    """JSON: `as_of`, the business time zone, the reporting currency, and the rows; decimals as text."""
    with Store(path, read_only=True) as store:
        _, at = clock_of(store)
        timezone = store.meta("timezone")
    document = {
        "as_of": at.isoformat().replace("+00:00", "Z"),
        "timezone": timezone,
        "currency": "USD",
        "rows": [_record(row) for row in truth(path)],
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    building = out.with_name(out.name + ".building")
    building.write_text(json.dumps(document, ensure_ascii=False, indent=0), encoding="utf-8")
    building.replace(out)


def _record(row: TruthRow) -> dict[str, str | int | None]:
    return {
        "kpi_id": row.kpi_id,
        "period_grain": row.period_grain,
        "period_start": row.period_start.isoformat(),
        "dimension": row.dimension,
        "dimension_value": row.dimension_value,
        "numerator": _text(row.numerator),
        "denominator": _text(row.denominator),
        "value": _text(row.value),
        "n": row.n,
    }


def _text(value: Number | None) -> str | int | None:
    return format(value, "f") if isinstance(value, Decimal) else value
