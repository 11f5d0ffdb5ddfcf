"""What a Pipedrive account is set up with: users, pipelines, stages, products, fields, currencies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.company.model import Organisation, Stage
from sandbox.company.org import list_price
from sandbox.company.pipedrive_record import record, row
from sandbox.company.pipedrive_words import (
    COMPANY_ID,
    CURRENCIES,
    CUSTOM_FIELDS,
    CustomField,
    number,
    old_stamp,
    user_id,
)
from sandbox.company.pipelines import BEGINNING
from sandbox.store import PipedriveRecord

_NAMES = {
    "USD": ("US Dollar", "$"),
    "BRL": ("Brazilian Real", "R$"),
    "MXN": ("Mexican Peso", "$"),
    "EUR": ("Euro", "\u20ac"),
}
# Of the fields that every account has: enough to show how they are told from people's own.
_USUAL_FIELDS = {
    "deals": (
        ("title", "Title", "varchar"),
        ("value", "Value", "monetary"),
        ("stage_id", "Stage", "stage"),
        ("status", "Status", "status"),
        ("expected_close_date", "Expected close date", "date"),
    ),
    "persons": (("name", "Name", "varchar"), ("emails", "Email", "varchar")),
    "organizations": (("name", "Name", "varchar"), ("website", "Website", "varchar")),
    "products": (("name", "Name", "varchar"), ("code", "Product code", "varchar")),
    "activities": (("subject", "Subject", "varchar"), ("type", "Type", "enum")),
}


def rows(unit: Organisation, at: datetime) -> Iterator[PipedriveRecord]:
    yield from _users(unit, at)
    yield from _currencies()
    yield from _pipelines(unit, at)
    yield from _products(unit, at)
    yield from _fields()


def _users(unit: Organisation, at: datetime) -> Iterator[PipedriveRecord]:
    for position, rep in enumerate(unit.reps):
        if rep.joined_at > at:
            continue
        has_left = rep.left_at is not None and rep.left_at <= at
        modified = rep.left_at if has_left and rep.left_at else rep.joined_at
        yield row(
            "users",
            user_id(rep.key),
            rep.joined_at,
            modified,
            {
                "id": user_id(rep.key),
                "name": f"{rep.first_name} {rep.last_name}",
                "email": rep.email,
                "lang": 1,
                "locale": "en_US",
                "timezone_name": unit.timezone,
                "timezone_offset": "-03:00",
                "default_currency": "USD",
                "icon_url": None,
                "active_flag": not has_left,
                "is_deleted": False,
                "is_admin": 1 if rep.is_manager else 0,
                "is_you": position == 0,
                "role_id": 1,
                "created": old_stamp(rep.joined_at),
                "modified": old_stamp(modified),
                "last_login": old_stamp(modified),
                "company_id": COMPANY_ID,
            },
        )


def _currencies() -> Iterator[PipedriveRecord]:
    for position, code in enumerate(CURRENCIES, 1):
        name, symbol = _NAMES[code]
        yield row(
            "currencies",
            position,
            BEGINNING,
            None,
            {
                "id": position,
                "code": code,
                "name": name,
                "symbol": symbol,
                "decimal_points": 2,
                "active_flag": True,
                "is_custom_flag": False,
            },
        )


def _pipelines(unit: Organisation, at: datetime) -> Iterator[PipedriveRecord]:
    for position, pipeline in enumerate(unit.pipelines, 1):
        yield record(
            "pipelines",
            int(pipeline.vendor_id),
            BEGINNING,
            # The one that every account begins with was never written to.
            None if position == 1 else BEGINNING,
            {
                "name": pipeline.label,
                "order_nr": position,
                "is_deleted": False,
                "is_deal_probability_enabled": True,
            },
        )
        for stage in pipeline.stages:
            if not stage.is_closed:
                yield _stage(stage, int(pipeline.vendor_id), at)


def _stage(stage: Stage, pipeline_id: int, at: datetime) -> PipedriveRecord:
    *_, (changed_at, label) = stage.label.until(at)
    return record(
        "stages",
        int(stage.vendor_id),
        BEGINNING,
        changed_at,
        {
            "name": label,
            "order_nr": stage.order,
            "pipeline_id": pipeline_id,
            "deal_probability": number(stage.probability * 100),
            "is_deal_rot_enabled": False,
            "days_to_rotten": None,
            "is_deleted": False,
        },
    )


def _products(unit: Organisation, at: datetime) -> Iterator[PipedriveRecord]:
    for product in unit.products:
        if product.created_at > at:
            continue
        yield record(
            "products",
            product.key,
            product.created_at,
            product.created_at,
            {
                "name": product.name,
                "code": product.sku,
                "description": None,
                "unit": "",
                "tax": 0,
                "category": None,
                "is_deleted": False,
                "is_linkable": True,
                "visible_to": 3,
                "owner_id": user_id(unit.reps[0].key),
                "custom_fields": None,
                "billing_frequency": "one-time",
                "prices": [
                    {
                        "product_id": product.key,
                        "price": number(list_price(product, code)),
                        "currency": code,
                        "cost": 0,
                        "direct_cost": None,
                        "notes": "",
                    }
                    for code in CURRENCIES
                ],
            },
        )


def _fields() -> Iterator[PipedriveRecord]:
    for of, usual in _USUAL_FIELDS.items():
        documents = [_field(code, label, kind) for code, label, kind in usual]
        documents += [_custom(field) for field in CUSTOM_FIELDS if field.of == of]
        for position, document in enumerate(documents, 1):
            yield row(f"fields:{of}", position, BEGINNING, None, document)


def _field(code: str, label: str, kind: str, *, is_custom: bool = False) -> dict[str, Any]:
    return {
        "field_name": label,
        "field_code": code,
        "description": None,
        "field_type": kind,
        "options": None,
        "subfields": None,
        "is_custom_field": is_custom,
        "is_optional_response_field": False,
    }


def _custom(field: CustomField) -> dict[str, Any]:
    document = _field(field.hash, field.label, field.type, is_custom=True)
    if field.choices:
        document["options"] = [
            {"id": field.option(word), "label": label} for word, label in field.choices
        ]
    return document
