"""Pipelines in HubSpot: today's labels, deleted stages missing, in no useful order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.company.hubspot_people_view import LEAD_PIPELINE, LEAD_STAGES
from sandbox.company.hubspot_service_view import TICKET_PIPELINE
from sandbox.company.hubspot_text import encoded, stamp
from sandbox.company.model import HUBSPOT, Organisation, Pipeline, Stage
from sandbox.store import HubspotDocument

# What every portal is born with carries no real date.
_EPOCH = "1970-01-01T00:00:00Z"
_SET_UP = "2023-10-03T12:40:07.218Z"


def pipelines(org: Organisation, at: datetime) -> Iterator[HubspotDocument]:
    position = 0
    for pipeline in org.pipelines:
        if pipeline.system == HUBSPOT:
            document = _deal_pipeline(pipeline, position, at)
            yield HubspotDocument(
                "pipeline:deals", pipeline.vendor_id, position, 0, encoded(document)
            )
            position += 1
    yield HubspotDocument("pipeline:tickets", TICKET_PIPELINE, 0, 0, encoded(_ticket_pipeline()))
    yield HubspotDocument("pipeline:leads", LEAD_PIPELINE, 0, 0, encoded(_lead_pipeline()))


def _deal_pipeline(pipeline: Pipeline, position: int, at: datetime) -> dict[str, Any]:
    created = _EPOCH if pipeline.vendor_id == "default" else _SET_UP
    listed = [s for s in pipeline.stages if s.deleted_at is None or s.deleted_at > at]
    return {
        "id": pipeline.vendor_id,
        "label": pipeline.label,
        "displayOrder": position,
        "archived": False,
        "createdAt": created,
        "updatedAt": created,
        # The order of the answer is not the order of the stages.
        "stages": [
            _deal_stage(stage, created, at)
            for stage in sorted(listed, key=lambda stage: stage.vendor_id[::-1])
        ],
    }


def _deal_stage(stage: Stage, created: str, at: datetime) -> dict[str, Any]:
    changes = stage.label.until(at)
    return _stage(
        stage.vendor_id,
        changes[-1][1] if changes else stage.vendor_id,
        stage.order,
        {
            "isClosed": "true" if stage.is_closed else "false",
            "probability": str(float(stage.probability)),
        },
        created=created,
        updated=stamp(changes[-1][0]) if len(changes) > 1 else created,
    )


def _stage(
    name: str,
    label: str,
    order: int,
    metadata: dict[str, str],
    *,
    created: str = _EPOCH,
    updated: str = _EPOCH,
) -> dict[str, Any]:
    return {
        "id": name,
        "label": label,
        "displayOrder": order,
        "metadata": metadata,
        "createdAt": created,
        "updatedAt": updated,
        "archived": False,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }


def _ticket_pipeline() -> dict[str, Any]:
    stages = ("New", "Waiting on contact", "Waiting on us", "Closed")
    return {
        "id": TICKET_PIPELINE,
        "label": "Support pipeline",
        "displayOrder": 0,
        "archived": False,
        "createdAt": _EPOCH,
        "updatedAt": _EPOCH,
        "stages": [
            _stage(
                str(order + 1),
                label,
                order,
                {
                    "isClosed": "true" if label == "Closed" else "false",
                    "ticketState": "CLOSED" if label == "Closed" else "OPEN",
                },
            )
            for order, label in enumerate(stages)
        ],
    }


def _lead_pipeline() -> dict[str, Any]:
    return {
        "id": LEAD_PIPELINE,
        "label": "Lead pipeline",
        "displayOrder": 0,
        "archived": False,
        "createdAt": _EPOCH,
        "updatedAt": _EPOCH,
        "stages": [
            _stage(name, label.capitalize(), order, {"isClosed": "false"})
            for order, (label, name) in enumerate(LEAD_STAGES.items())
        ],
    }
