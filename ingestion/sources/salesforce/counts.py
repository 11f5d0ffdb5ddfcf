"""Salesforce's own number of an object's records: a few aggregate queries in one call.

They go by `queryAll`, which also sees archived activities, and leave deleted records out
themselves. An org with several currencies turns aggregates into its corporate currency, by rates
that differ from record to record: there the sum is compared for records in that currency alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ingestion.engine.errors import FatalError, RetriableError
from ingestion.model import Counted, Pull
from ingestion.sources.salesforce.connection import data_path
from ingestion.sources.salesforce.deleted import doubt
from ingestion.sources.salesforce.quota import CALLS

_STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")

Describe = Callable[[Pull, str], Mapping[str, Any]]


def counting(
    name: str, describe: Describe, summed: str | None = None
) -> Callable[[Pull], Counted | None]:
    """How an object is counted."""

    def count(pull: Pull) -> Counted | None:
        document = describe(pull, name)
        known = {item["name"] for item in document["fields"]}
        end = pull.window.end.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        live = ["IsDeleted = false"] if "IsDeleted" in known else []
        if "CreatedDate" in known:
            live.append(f"CreatedDate <= {end}")
        stamp = next((stamp for stamp in _STAMPS if stamp in known), None)
        queries = {"rows": _soql("COUNT()", name, live)}
        if stamp is not None:
            queries["changed"] = _soql("COUNT()", name, [f"{stamp} > {end}"])
        has_currencies = "CurrencyIsoCode" in known
        if summed in known:
            if has_currencies:
                queries["corporate"] = (
                    "SELECT IsoCode FROM CurrencyType WHERE IsCorporate = true LIMIT 1"
                )
                queries["sums"] = (
                    f"{_soql(f'CurrencyIsoCode, SUM({summed}) total', name, live)} "
                    "GROUP BY CurrencyIsoCode"
                )
            else:
                queries["sums"] = _soql(f"SUM({summed}) total", name, live)
        answers, at = _asked(pull, queries)
        if "rows" not in answers:
            return None
        return Counted(
            rows=int(answers["rows"]["totalSize"]),
            changed_since=int(answers["changed"]["totalSize"]) if "changed" in answers else 0,
            counted_at=at,
            sums=_sums(answers, summed, has_currencies=has_currencies),
            doubt=doubt(pull, document),
        )

    return count


def _asked(pull: Pull, queries: Mapping[str, str]) -> tuple[dict[str, Any], datetime]:
    """The answers by name; a question that the vendor refuses has none."""
    answer = pull.client.post(
        f"{data_path(pull.settings)}/composite",
        {
            "allOrNone": False,
            "compositeRequest": [
                {
                    "method": "GET",
                    "url": f"{data_path(pull.settings)}/queryAll?q={quote(soql, safe=',*()<>=:')}",
                    "referenceId": name,
                }
                for name, soql in queries.items()
            ],
        },
        groups=(CALLS,),
    )
    found: dict[str, Any] = {}
    for part in answer.json["compositeResponse"]:
        status = part["httpStatusCode"]
        if status == 200:
            found[part["referenceId"]] = part["body"]
        elif status >= 500:
            raise RetriableError(f"the count of {pull.entity.name}: status {status}")
        elif status not in (400, 403, 404):
            raise FatalError(f"the count of {pull.entity.name}: status {status}")
    return found, answer.date or datetime.now(UTC)


def _sums(
    answers: Mapping[str, Any], summed: str | None, *, has_currencies: bool
) -> dict[str, str]:
    rows = answers["sums"]["records"] if "sums" in answers else []
    if not has_currencies:
        return {str(summed): _text(row["total"]) for row in rows}
    corporate = answers["corporate"]["records"] if "corporate" in answers else []
    codes = {record["IsoCode"] for record in corporate}
    return {
        f"{summed}:{row['CurrencyIsoCode']}": _text(row["total"])
        for row in rows
        if row["CurrencyIsoCode"] in codes
    }


def _text(total: float | None) -> str:
    return format(total or 0, ".10f")


def _soql(selected: str, name: str, conditions: list[str]) -> str:
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {selected} FROM {name}{where}"
