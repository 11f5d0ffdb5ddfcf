"""Owners, teams, pipelines and the account of an exported portal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox.exported.tables import ExportError, Table, read_json
from sandbox.store import HubspotDocument, Store

# Files of the vendor's own documents, and the kind that the store knows each by.
_LISTS = {
    "owners.json": "owner",
    "teams.json": "team",
    "campaigns.json": "campaign",
    "exchange_rates.json": "exchange_rate",
}
_WON, _LOST = "closedwon", "closedlost"
_TRUE = frozenset({"true", "1", "yes"})
_LONG_AGO = "1970-01-01T00:00:00Z"


def settings(folder: Path, owners: Table | None, store: Store) -> None:
    """What the folder says of the portal itself; all of it may be missing."""
    account = read_json(folder / "account.json")
    if account is not None:
        store.put([HubspotDocument("account", "account", 0, 0, json.dumps(account))])
    for name, kind in _LISTS.items():
        _put(store, kind, _results(folder / name))
    pipelines = read_json(folder / "pipelines.json") or {}
    if not isinstance(pipelines, dict):
        raise ExportError(f"{folder / 'pipelines.json'}: an object of lists by object is needed")
    for entity, documents in pipelines.items():
        _put(store, f"pipeline:{entity}", documents)
    if owners is not None:
        _put(store, "owner", [_owner(row) for _, row in owners.rows()])


def pipelines_of_deals(store: Store) -> None:
    """Without pipelines.json the pipelines and stages that the deals name, so that they resolve."""
    if store.connection.execute(
        "select 1 from hs_document where kind = 'pipeline:deals' limit 1"
    ).fetchone():
        return
    found = store.connection.execute(
        "select distinct json_extract(properties, '$.pipeline') as pipeline, "
        "json_extract(properties, '$.dealstage') as stage from hs_object where type = 'deals' "
        "and stage is not null order by pipeline, stage"
    ).fetchall()
    stages: dict[str, list[str]] = {}
    for pipeline, stage in found:
        stages.setdefault(pipeline or "default", []).append(stage)
    documents = [
        {
            "id": pipeline,
            "label": pipeline,
            "displayOrder": place,
            "stages": [_stage(stage, order) for order, stage in enumerate(names)],
            "createdAt": _LONG_AGO,
            "updatedAt": _LONG_AGO,
            "archived": False,
        }
        for place, (pipeline, names) in enumerate(stages.items())
    ]
    _put(store, "pipeline:deals", documents)


def _results(path: Path) -> list[dict[str, Any]]:
    """A list of documents, bare or as the body of an answer."""
    found = read_json(path)
    if isinstance(found, dict):
        found = found.get("results")
    if found is None:
        return []
    if not isinstance(found, list):
        raise ExportError(f"{path}: a list of documents is needed")
    return found


def _put(store: Store, kind: str, documents: list[dict[str, Any]]) -> None:
    store.put(
        HubspotDocument(
            kind,
            str(document["id"]),
            place,
            int(document.get("archived", False)),
            json.dumps(document),
        )
        for place, document in enumerate(documents)
    )


def _owner(row: dict[str, str]) -> dict[str, Any]:
    user = row.get("userId", "")
    archived = row.get("archived", "").lower() in _TRUE
    return {
        "id": row.get("id", ""),
        "email": row.get("email", ""),
        "type": "PERSON",
        "firstName": row.get("firstName", ""),
        "lastName": row.get("lastName", ""),
        "userId": int(user) if user.isdigit() and not archived else None,
        "userIdIncludingInactive": int(user) if user.isdigit() else None,
        "createdAt": row.get("createdAt") or _LONG_AGO,
        "updatedAt": row.get("updatedAt") or _LONG_AGO,
        "archived": archived,
        "teams": [],
    }


def _stage(name: str, order: int) -> dict[str, Any]:
    """A stage of which only the id is known; the vendor's own closing stages are recognised."""
    closed = name in {_WON, _LOST}
    return {
        "id": name,
        "label": name,
        "displayOrder": order,
        "metadata": {
            "isClosed": "true" if closed else "false",
            "probability": "1.0" if name == _WON else "0.0" if name == _LOST else "0.5",
        },
        "createdAt": _LONG_AGO,
        "updatedAt": _LONG_AGO,
        "archived": False,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }
