"""Versions, limits, objects and their describes."""

from __future__ import annotations

from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import not_found
from sandbox.salesforce.schema import all_describes, find_describe, find_object

OLDEST, NEWEST = 31, 67
RETIRED_FROM = 21  # v21 to v30 ended with Summer '25
_SEASONS = ("Winter", "Spring", "Summer")
_FIRST_WINTER, _FIRST_WINTER_YEAR = 20, 11  # v20 was Winter '11
# Keys of a describe that the list of objects leaves out.
_DESCRIBE_ONLY = frozenset(
    {
        "actionOverrides",
        "childRelationships",
        "compactLayoutable",
        "defaultImplementation",
        "extendedBy",
        "extendsInterfaces",
        "fields",
        "implementedBy",
        "implementsInterfaces",
        "listviewable",
        "lookupLayoutable",
        "namedLayoutInfos",
        "networkScopeFieldName",
        "recordTypeInfos",
        "searchLayoutable",
        "sobjectDescribeOption",
        "supportedScopes",
    }
)
_LIMITS = {
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DataStorageMB": 1_024,
    "FileStorageMB": 1_024,
    "HourlyLongTermIdMapping": 100_000,
}


def versions() -> list[dict[str, str]]:
    """Every version on offer, oldest first; asking for it takes no login."""
    return [
        {"label": _label(one), "url": f"/services/data/v{one}.0", "version": f"{one}.0"}
        for one in range(OLDEST, NEWEST + 1)
    ]


def resources(call: Call) -> Answer:
    root = f"/services/data/v{call.version}"
    names = ("limits", "sobjects", "query", "queryAll", "composite", "jobs")
    return Answer({name: f"{root}/{name}" for name in names})


def limits(call: Call) -> Answer:
    """The day's quotas. Only requests are counted, the rest stands full."""
    maximum = call.org.daily_requests
    body: dict[str, Any] = {
        "DailyApiRequests": {"Max": maximum, "Remaining": max(0, maximum - call.org.usage.used())}
    }
    body |= {name: {"Max": most, "Remaining": most} for name, most in _LIMITS.items()}
    return Answer(body)


def record_count(call: Call) -> Answer:
    """Rows of each object, deleted ones left out."""
    wanted = call.query.get("sObjects", "")
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    described = [str(one["name"]) for one in all_describes(call.store)]
    chosen = [name for name in described if not names or name in names]
    sql = "select count(*) from sf_record where object = ? and is_deleted = 0 and purged = 0"
    counts = [
        {"count": call.store.connection.execute(sql, (name,)).fetchone()[0], "name": name}
        for name in chosen
    ]
    return Answer({"sObjects": counts})


def sobjects(call: Call) -> Answer:
    listed = [_listed(one, call.version) for one in all_describes(call.store)]
    return Answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed})


def sobject(call: Call) -> Answer:
    found = find_object(call.store, call.path["name"])
    listed = [one for one in all_describes(call.store) if found and one["name"] == found.name]
    if not listed:
        raise not_found()
    return Answer({"objectDescribe": _listed(listed[0], call.version), "recentItems": []})


def describe(call: Call) -> Answer:
    """The stored document, untouched; 304 for a caller who has it."""
    document = find_describe(call.store, call.path["name"])
    if document is None:
        raise not_found()
    since = call.org.described_at(call.path["name"].lower(), document)
    headers = {"Last-Modified": formatdate(since, usegmt=True)}
    if _knows(call, since):
        return Answer(status=304, content=b"", headers=headers)
    return Answer(content=document.encode(), headers=headers)


def _knows(call: Call, since: int) -> bool:
    """Whether If-Modified-Since is no older than the document; a date nobody can read is none."""
    header = call.headers.get("if-modified-since")
    if header is None:
        return False
    try:
        return parsedate_to_datetime(header).timestamp() >= since
    except ValueError:
        return False


def _listed(document: dict[str, Any], version: str) -> dict[str, Any]:
    name = document["name"]
    root = f"/services/data/v{version}/sobjects/{name}"
    entry = {key: value for key, value in document.items() if key not in _DESCRIBE_ONLY}
    entry["urls"] = {
        "sobject": root,
        "describe": f"{root}/describe",
        "rowTemplate": f"{root}/{{ID}}",
    }
    return entry


def _label(version: int) -> str:
    years, season = divmod(version - _FIRST_WINTER, 3)
    return f"{_SEASONS[season]} '{_FIRST_WINTER_YEAR + years}"
