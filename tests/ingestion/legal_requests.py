"""What the vendors' reference sheets allow a request to be, as rules that say what is wrong with it.

They know nothing of our code nor of the sandbox's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

DATED = r"(?:2025-09|2026-03|2026-09)"
HUBSPOT_HOST = "https://api.hubapi.com"
SALESFORCE_LINE = "GET https://a-company-with-a-long-name.my.salesforce.com HTTP/1.1\r\n"
COMPOUND = ("BillingAddress", "ShippingAddress", "MailingAddress", "OtherAddress", "Address")


@dataclass(frozen=True)
class Sent:
    """A request as the server saw it; header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def asked(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.query).items()}

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


def wrong_with(sent: Sent) -> list[str]:
    is_salesforce = sent.path.startswith("/services/")
    found = [*_wrong_headers(sent)]
    found += _wrong_for_salesforce(sent) if is_salesforce else _wrong_for_hubspot(sent)
    return [f"{sent.method} {sent.path}: {complaint}" for complaint in found]


def _wrong_headers(sent: Sent) -> Iterator[str]:
    headers = sent.headers
    is_token = sent.path.endswith("/token")
    if not is_token and not headers.get("authorization", "").startswith("Bearer "):
        yield "no bearer token"
    if "sales-heartbeat" not in headers.get("user-agent", ""):
        yield "the User-Agent does not name the product"
    accepted = headers.get("accept", "")
    wanted = "text/csv" if sent.path.endswith("/results") else "application/json"
    if wanted not in accepted and "*/*" not in accepted:
        yield f"{wanted} is not accepted"
    if "gzip" not in headers.get("accept-encoding", ""):
        yield "answers may not be compressed"
    if sent.body:
        kind = "application/x-www-form-urlencoded" if is_token else "application/json"
        if not headers.get("content-type", "").startswith(kind):
            yield f"a body that is not said to be {kind}"


def _wrong_for_hubspot(sent: Sent) -> Iterator[str]:
    if len(HUBSPOT_HOST + sent.target) >= 16_000:
        yield "an address of 16,000 characters or more"
    if sent.method == "GET":
        is_record_list = re.fullmatch(rf"/crm/objects/{DATED}/[\w-]+", sent.path)
        most = 100
        if is_record_list and "propertiesWithHistory" in sent.asked:
            most = 50
        elif "/crm/owners/" in sent.path:
            most = 500
        if int(sent.asked.get("limit", "10")) > most:
            yield f"more than {most} of a page"
        return
    if sent.method != "POST":
        yield "we only read"
        return
    if sent.path.endswith("/search"):
        yield from _wrong_search(sent)
    elif re.fullmatch(rf"/crm/associations/{DATED}/[\w-]+/[\w-]+/batch/read", sent.path):
        yield from _wrong_batch(sent, 1_000)
    elif re.fullmatch(rf"/crm/objects/{DATED}/[\w-]+/batch/read", sent.path):
        yield from _wrong_batch(sent, 50 if sent.json.get("propertiesWithHistory") else 100)
    elif not re.fullmatch(rf"/oauth/{DATED}/token(/introspect)?", sent.path):
        yield "we only read"


def _wrong_batch(sent: Sent, most: int) -> Iterator[str]:
    inputs = sent.json["inputs"]
    if not 1 <= len(inputs) <= most:
        yield f"{len(inputs)} inputs, of at most {most}"
    if not all(isinstance(entry.get("id"), str) for entry in inputs):
        yield "an input without an id as text"


def _wrong_search(sent: Sent) -> Iterator[str]:
    body = sent.json
    groups = body.get("filterGroups", [])
    filters = [one for group in groups for one in group["filters"]]
    if len(sent.body.decode()) > 3_000:
        yield "a body of more than 3,000 characters"
    if len(groups) > 5 or len(filters) > 18 or any(len(g["filters"]) > 6 for g in groups):
        yield "more filters than 5 groups, 6 in each, 18 in all"
    if len(body.get("sorts", [])) > 1:
        yield "more than one sort"
    limit = int(body.get("limit", 10))
    if not 1 <= limit <= 200:
        yield "more than 200 of a page"
    if int(body.get("after") or 0) + limit > 10_000:
        yield "beyond 10,000 results"
    names = {one["propertyName"] for one in filters}
    if sent.path.split("/")[-2] == "contacts" and "hs_lastmodifieddate" in names:
        yield "contacts are never found by hs_lastmodifieddate"
    for one in filters:
        if "date" in one["propertyName"] and str(one.get("value")) == "0":
            yield "an instant of 0 was seen to answer 500"


def _wrong_for_salesforce(sent: Sent) -> Iterator[str]:
    headers = "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
    if len((SALESFORCE_LINE + sent.target + headers).encode()) >= 16_384:
        yield "address and headers of 16,384 bytes or more"
    rest = re.sub(r"^/services/data/v\d+\.\d", "", sent.path)
    if sent.method == "GET":
        if rest in ("/query", "/queryAll"):
            yield from _wrong_soql(sent.asked["q"])
        elif rest.endswith("/deleted"):
            yield from _wrong_deleted(sent)
        return
    if sent.method == "DELETE" and rest.startswith("/jobs/query/"):
        return
    if sent.method == "POST" and rest == "/jobs/query":
        yield from _wrong_job(sent.json)
    elif sent.method == "POST" and rest == "/composite/batch":
        calls = sent.json["batchRequests"]
        if not 1 <= len(calls) <= 25:
            yield f"{len(calls)} calls in one, of at most 25"
        if any(call["method"] != "GET" for call in calls):
            yield "we only read"
    elif sent.method == "POST" and rest == "/composite":
        yield from _wrong_composite(sent.json["compositeRequest"])
    elif not (sent.method == "POST" and sent.path == "/services/oauth2/token"):
        yield "we only read"


def _wrong_composite(calls: list[dict[str, Any]]) -> Iterator[str]:
    queries = [call for call in calls if "/query" in call["url"]]
    # The vendor's guide: of the 25 no more than five may be queries.
    if not 1 <= len(calls) <= 25 or len(queries) > 5:
        yield f"{len(calls)} calls in one, {len(queries)} of them queries"
    if any(call["method"] != "GET" for call in calls):
        yield "we only read"
    for call in queries:
        yield from _wrong_soql(parse_qs(urlsplit(call["url"]).query)["q"][0])


def _wrong_soql(soql: str) -> Iterator[str]:
    if len(soql) >= 100_000:
        yield "a query of 100,000 characters or more"
    if re.search(r"\b(LAST|NEXT)_|\b(TODAY|YESTERDAY|THIS_\w+)\b", soql):
        yield "a date that depends on the user's time zone"
    if re.search(r"\bconvertCurrency|\bFORMAT\s*\(", soql, re.IGNORECASE):
        yield "amounts that depend on the user"
    if "FIELDS(" in soql.upper() and "LIMIT" not in soql.upper():
        yield "FIELDS() needs a limit of 200"


def _wrong_job(job: dict[str, Any]) -> Iterator[str]:
    soql = str(job["query"])
    yield from _wrong_soql(soql)
    if job["operation"] not in ("query", "queryAll"):
        yield "we only read"
    if re.search(r"\bORDER\s+BY\b|\bLIMIT\b", soql, re.IGNORECASE):
        yield "ORDER BY or LIMIT slows Bulk down"
    if re.search(r"\bGROUP\s+BY\b|\bOFFSET\b|\b(COUNT|SUM|MIN|MAX)\s*\(", soql, re.IGNORECASE):
        yield "Bulk knows no aggregates and no offset"
    selected = re.split(r"\s+FROM\s+", soql, maxsplit=1, flags=re.IGNORECASE)[0]
    for name in COMPOUND:
        if re.search(rf"\b{name}\b", selected):
            yield f"the compound field {name}"


def _wrong_deleted(sent: Sent) -> Iterator[str]:
    start, end = (datetime.fromisoformat(sent.asked[name]) for name in ("start", "end"))
    if start >= end:
        yield "a start that is not before the end"
    if end - start > timedelta(days=15):
        yield "more than 15 days back"
