"""Whose Salesforce org this is and what it allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ingestion.engine.client import Client
from ingestion.engine.errors import SkippableError
from ingestion.engine.settings import chosen
from ingestion.sources.salesforce import login
from ingestion.sources.salesforce.connection import api_version, data_path
from ingestion.sources.salesforce.custom import WANTED as OWN_WANTED
from ingestion.sources.salesforce.custom import there
from ingestion.sources.salesforce.quota import CALLS

_WANTED = (
    "Id",
    "Name",
    "TimeZoneSidKey",
    "DefaultCurrencyIsoCode",
    "IsSandbox",
    "OrganizationType",
)
NAMED = 5  # own objects that are shown
# Of one kind of limit only: calls are part of every answer.
_BULK = "DailyBulkV2QueryJobs"


def identify(client: Client, settings: Mapping[str, str]) -> Mapping[str, str]:
    facts = _organization(client, settings)
    return {
        **facts,
        "signed in by": _way(settings),
        "API version": api_version(settings),
        **dict(_left(client, settings)),
        **dict(_unread(client, settings)),
    }


def _organization(client: Client, settings: Mapping[str, str]) -> dict[str, str]:
    path = data_path(settings)
    try:
        known = client.get(f"{path}/sobjects/Organization/describe", groups=(CALLS,)).json["fields"]
        names = {item["name"] for item in known}
        fields = ",".join(name for name in _WANTED if name in names)
        soql = f"SELECT {fields} FROM Organization LIMIT 1"
        answer = client.get(f"{path}/query?q={quote(soql)}", groups=(CALLS,))
        (record,) = answer.json["records"]
    except SkippableError as error:
        return {"org": f"not to be seen ({error})"}
    return dict(_facts(record))


def _facts(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kinds = [str(record[name]) for name in ("OrganizationType",) if record.get(name)]
    if record.get("IsSandbox"):
        kinds.append("a sandbox")
    yield (
        "org",
        f"{record['Name']}, {record['Id']}" + (f" ({', '.join(kinds)})" if kinds else ""),
    )
    if record.get("TimeZoneSidKey"):
        yield "time zone", str(record["TimeZoneSidKey"])
    if record.get("DefaultCurrencyIsoCode"):
        yield "currency", str(record["DefaultCurrencyIsoCode"])


def _way(settings: Mapping[str, str]) -> str:
    """The way that the login takes; it tries them in this order."""
    if settings.get(login.REFRESH):
        return "refresh token"
    if settings.get(login.USER) and settings.get(login.KEY):
        return "signed assertion (JWT)"
    return "client credentials"


def _unread(client: Client, settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The org's own objects, of which none is read unless somebody says so."""
    if chosen(settings, OWN_WANTED, "none") != ():
        return
    try:
        names = there(client, settings)
    except SkippableError:
        return
    if names:
        shown = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
        yield "own objects", f"{len(names)}, none of which is read ({shown}): see {OWN_WANTED}"


def _left(client: Client, settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    try:
        limits = client.get(f"{data_path(settings)}/limits", groups=(CALLS,)).json
    except SkippableError:
        return
    limit = limits.get(_BULK) or {}
    if "Max" in limit and "Remaining" in limit:
        yield "Bulk queries", f"{limit['Remaining']:,} of {limit['Max']:,} left in 24 hours"
