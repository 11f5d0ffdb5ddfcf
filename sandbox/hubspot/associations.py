"""Links between records, in the three shapes that HubSpot has for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from starlette.responses import Response

from sandbox.hubspot.call import QUIET_BATCH, V3, V4, Call, answer
from sandbox.hubspot.catalogue import ObjectType
from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.texts import iso, record_id

MOST_INPUTS = 1000
PAGE = 500
INLINE_PAGE = 100

# Types that mark one link among several as the main one; the plain type is then "unlabeled".
_PRIMARY = {
    ("contacts", "companies"): 1,
    ("companies", "contacts"): 2,
    ("deals", "companies"): 5,
    ("companies", "deals"): 6,
    ("companies", "tickets"): 25,
    ("tickets", "companies"): 26,
    ("leads", "contacts"): 578,
    ("leads", "companies"): 580,
}

# A link to a record in the bin is not shown; one to a record that the portal lacks is.
_LINKS = """
    select a.from_id, a.to_id, a.type_id, a.category, a.label
    from hs_association a
    left join hs_object o on o.type = a.to_type and o.id = a.to_id
    where a.from_type = ? and a.to_type = ? and a.from_id in ({ids}) and coalesce(o.archived, 0) = 0
    order by a.from_id, a.to_id, a.type_id
"""

Link = tuple[int, int, int, str, str | None]


def batch_read(call: Call) -> Response:
    """Up to a thousand records at once; those without links are left out of the results."""
    source, target = call.type("from"), call.type("to")
    starts = _inputs(call)
    links = _links(call, source, target, list(starts))
    results: list[dict[str, Any]] = []
    for id, group in groupby(links, key=lambda link: link[0]):
        shown, after = _page(list(group), starts[id], PAGE)
        if not shown:
            continue
        result: dict[str, Any] = {"from": {"id": str(id)}}
        if call.version == V3:
            result["to"] = [
                {"id": str(to), "type": _type_name(source, target, link)}
                for to, link in _pairs(shown)
            ]
        else:
            result["to"] = _targets(shown, as_number=call.version == V4)
        if after is not None:
            link_text = f"?after={after}"
            result["paging"] = {"next": {"after": after, "link": link_text}}
        results.append(result)
    now = iso(call.context.now())
    body: dict[str, Any] = {"status": "COMPLETE", "results": results}
    present = {link[0] for link in links}
    missing = [id for id in starts if id not in present]
    if missing and call.version != V3:
        body["numErrors"] = len(missing)
        body["errors"] = [_no_link(source, target, id) for id in missing]
    body |= {"startedAt": now, "completedAt": now}
    partial = bool(missing) and call.version not in (V3, QUIET_BATCH)
    return answer(body, 207 if partial else 200)


def of_one_record(call: Call) -> Response:
    source, target = call.type(), call.type("to")
    id = record_id(call.segment("id"))
    row = call.store.connection.execute(
        "select 1 from hs_object where type = ? and id = ? and archived = 0", (source.name, id)
    ).fetchone()
    if id is None or row is None:
        raise not_found()
    links = _links(call, source, target, [id])
    shown, after = _page(links, call.after(), call.limit(default=PAGE, most=PAGE))
    if call.version == V3:
        results: list[dict[str, Any]] = [
            {"id": str(to), "type": _type_name(source, target, link)} for to, link in _pairs(shown)
        ]
    else:
        results = _targets(shown, as_number=call.version == V4)
    body: dict[str, Any] = {"results": results}
    if after is not None:
        body["paging"] = {"next": {"after": after, "link": call.link(after)}}
    return answer(body)


def labels(call: Call) -> Response:
    """The types defined between two objects, plain and labelled."""
    source, target = call.type("from"), call.type("to")
    connection = call.store.connection
    rows = connection.execute(
        "select json_extract(document, '$.category'), json_extract(document, '$.typeId'),"
        " json_extract(document, '$.label') from hs_document where kind = ? order by position",
        (f"association_label:{source.name}:{target.name}",),
    ).fetchall()
    return answer(
        {
            "results": [
                {"category": category, "typeId": type_id, "label": label}
                for category, type_id, label in rows
            ]
        }
    )


def inline_associations(
    call: Call, source: ObjectType, ids: Sequence[int], targets: Sequence[ObjectType]
) -> dict[int, dict[str, Any]]:
    """The `associations` of a page of records; a record without links has no entry."""
    found: dict[int, dict[str, Any]] = {}
    for target in targets:
        links = _links(call, source, target, ids)
        for id, group in groupby(links, key=lambda link: link[0]):
            shown, after = _page(list(group), 0, INLINE_PAGE)
            entry: dict[str, Any] = {
                "results": [
                    {"id": str(to), "type": _type_name(source, target, link)}
                    for to, link in _pairs(shown)
                ]
            }
            if after is not None:
                base = str(call.request.base_url).rstrip("/")
                path = f"/crm/v4/objects/{source.name}/{id}/associations/{target.name}"
                entry["paging"] = {"next": {"after": after, "link": f"{base}{path}?after={after}"}}
            found.setdefault(id, {})[target.display] = entry
    return found


def _inputs(call: Call) -> dict[int, int]:
    """Asked ids, each with the cursor from which its links are read on."""
    inputs = call.json.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise invalid("Invalid input: inputs may not be empty")
    check_inputs(len(inputs), MOST_INPUTS)
    starts: dict[int, int] = {}
    for entry in inputs:
        id = record_id(entry.get("id")) if isinstance(entry, dict) else None
        after = record_id(entry.get("after") or "0") if isinstance(entry, dict) else None
        if id is None or after is None:
            raise invalid("Invalid input: every input needs an id")
        starts[id] = after
    return starts


def check_inputs(count: int, most: int) -> None:
    if count > most:
        raise invalid(
            f"The maximum number of inputs supported in a batch request is {most}. "
            "Please reduce the number of items and try again"
        )


def _links(call: Call, source: ObjectType, target: ObjectType, ids: Sequence[int]) -> list[Link]:
    statement = _LINKS.format(ids=", ".join("?" * len(ids)))
    return call.store.connection.execute(statement, (source.name, target.name, *ids)).fetchall()


def _page(links: list[Link], start: int, size: int) -> tuple[list[Link], str | None]:
    """Links to at most `size` targets from the cursor on, and the next cursor."""
    targets = sorted({link[1] for link in links if link[1] >= start})
    if len(targets) <= size:
        return [link for link in links if link[1] >= start], None
    border = targets[size]
    return [link for link in links if start <= link[1] < border], str(border)


def _pairs(links: list[Link]) -> list[tuple[int, Link]]:
    return [(link[1], link) for link in links]


def _targets(links: list[Link], *, as_number: bool) -> list[dict[str, Any]]:
    return [
        {
            "toObjectId": id if as_number else str(id),
            "associationTypes": [
                {"category": link[3], "typeId": link[2], "label": link[4]} for link in group
            ],
        }
        for id, group in groupby(links, key=lambda link: link[1])
    ]


def _type_name(source: ObjectType, target: ObjectType, link: Link) -> str:
    """The older text name of an association type."""
    if link[3] == "USER_DEFINED" and link[4]:
        return re.sub(r"\W+", "_", link[4].lower()).strip("_")
    name = f"{source.singular}_to_{target.singular}"
    primary = _PRIMARY.get((source.name, target.name))
    return name if primary is None or link[2] == primary else f"{name}_unlabeled"


def _no_link(source: ObjectType, target: ObjectType, id: int) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {target.singular} is associated with {source.singular} {id}.",
        "context": {
            "fromObjectId": [str(id)],
            "fromObjectType": [source.singular],
            "toObjectType": [target.singular],
        },
    }
