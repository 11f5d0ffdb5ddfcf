"""Pipedrive's raw tables: the columns that every account has, and where they stand in an answer.

Custom fields stand beside them under the vendor's own names, hashes of 40 characters: labels are
changed by people and repeat themselves, a hash is the field for as long as it lives. What each one
means is in `fields` and `field_options`.
"""

from __future__ import annotations

from ingestion.engine.fields import fields
from ingestion.engine.parse import CONTEXT
from ingestion.model import Field, Reading, Table, Tells, Value

LISTED = "listed"
CHANGES = "changes"
PRODUCTS = "deal_products"

_OBJECT_TYPE = Value(CONTEXT, ("object_type",))
_STAMPS = "is_deleted:boolean add_time:instant update_time:instant"

_COLUMNS = {
    "users": (
        "id name email active_flag:boolean is_deleted:boolean role_id default_currency "
        "timezone_name locale lang:integer icon_url created:instant modified:instant "
        "last_login:instant"
    ),
    "currencies": (
        "id code name symbol decimal_points:integer active_flag:boolean is_custom_flag:boolean"
    ),
    "pipelines": f"id name order_nr:integer is_deal_probability_enabled:boolean {_STAMPS}",
    "stages": (
        "id name order_nr:integer pipeline_id deal_probability:number "
        f"is_deal_rot_enabled:boolean days_to_rotten:integer {_STAMPS}"
    ),
    "products": (
        "id name code description unit tax:number category owner_id is_linkable:boolean "
        f"visible_to:integer {_STAMPS}"
    ),
    "organizations": (
        "id name owner_id website address address_country address_admin_area_level_1 "
        "address_locality address_postal_code industry annual_revenue:number "
        f"employee_count:integer label_ids visible_to:integer {_STAMPS}"
    ),
    "persons": (
        "id name! first_name! last_name! owner_id org_id job_title! "
        f"marketing_status label_ids visible_to:integer {_STAMPS}"
    ),
    "deals": (
        "id title creator_user_id owner_id value:number currency person_id org_id pipeline_id "
        "stage_id status probability:number lost_reason stage_change_time:instant "
        "close_time:instant won_time:instant lost_time:instant local_won_date:date "
        "local_lost_date:date local_close_date:date expected_close_date:date label_ids "
        "is_archived:boolean archive_time:instant visible_to:integer origin origin_id "
        f"channel:integer channel_id arr:number mrr:number acv:number source_lead_id {_STAMPS}"
    ),
    "activities": (
        "id subject! type owner_id creator_user_id deal_id lead_id person_id org_id "
        "due_date:date due_time duration busy:boolean done:boolean marked_as_done_time:instant "
        f"note! public_description! location! participants! attendees! priority {_STAMPS}"
    ),
    "leads": (
        "id title! owner_id creator_id person_id organization_id source_name origin "
        "channel:integer is_archived:boolean was_seen:boolean value_amount:number value_currency "
        "expected_close_date:date label_ids visible_to next_activity_id add_time:instant "
        "update_time:instant"
    ),
}
# Columns that stand deeper in an answer than under their own name.
_INSIDE = {
    "organizations": {
        "address": ("address", "value"),
        **{
            f"address_{part}": ("address", part)
            for part in ("country", "admin_area_level_1", "locality", "postal_code")
        },
    },
    "leads": {"value_amount": ("value", "amount"), "value_currency": ("value", "currency")},
}
_PEOPLE_OF = {"activities": ("person_id",), "leads": ("person_id",)}
_OTHERS_OF = {"activities": ("deal_id", "org_id"), "leads": ("organization_id",)}


def table(name: str) -> Table:
    columns = fields(_COLUMNS[name])
    held = {field.name for field in columns}
    return Table(
        name=name,
        key=("id",),
        columns=columns,
        changed_at=_held(held, "update_time", "modified"),
        created_at=_held(held, "add_time", "created"),
        deleted="is_deleted" if "is_deleted" in held else None,
        speaks_of=_PEOPLE_OF.get(name, ()),
        others=_OTHERS_OF.get(name, ()),
    )


def reading(name: str, *, has_custom: bool) -> Reading:
    inside = _INSIDE.get(name, {})
    return Reading(
        kind=LISTED,
        table=name,
        path="data[]",
        values={
            field.name: Value(0, inside.get(field.name, (field.name,)))
            for field in fields(_COLUMNS[name])
        },
        fields_at=("custom_fields",) if has_custom else None,
    )


def _held(held: set[str], *names: str) -> tuple[str, ...]:
    return tuple(name for name in names if name in held)


def _flat(columns: tuple[Field, ...], level: int, *elsewhere: str) -> dict[str, Value]:
    return {
        field.name: Value(level, (field.name,)) for field in columns if field.name not in elsewhere
    }


_WAY_TO_REACH = fields("object_type person_id ordinal:integer value! label is_primary:boolean")
_PRICE = fields("product_id currency price:number cost:number")


def _ways_to_reach(name: str, at: str) -> tuple[Table, Reading]:
    """A person's addresses or numbers; they go when the person does."""
    return (
        Table(
            name=name,
            key=("person_id", "ordinal"),
            columns=_WAY_TO_REACH,
            parent=("person_id",),
            belongs_to=("object_type", "person_id"),
        ),
        Reading(
            kind=LISTED,
            table=name,
            path=f"data[].{at}[]",
            values={
                "object_type": _OBJECT_TYPE,
                "person_id": Value(0, ("id",)),
                "value": Value(1, ("value",)),
                "label": Value(1, ("label",)),
                "is_primary": Value(1, ("primary",)),
            },
            position="ordinal",
        ),
    )


PERSON_EMAILS = _ways_to_reach("person_emails", "emails")
PERSON_PHONES = _ways_to_reach("person_phones", "phones")
PRODUCT_PRICES = (
    Table("product_prices", ("product_id", "currency"), _PRICE, parent=("product_id",)),
    Reading(
        kind=LISTED,
        table="product_prices",
        path="data[].prices[]",
        values={"product_id": Value(0, ("id",)), **_flat(_PRICE, 1, "product_id")},
    ),
)

_CHANGE = fields(
    "deal_id ordinal:integer time:instant field_key old_value new_value actor_user_id "
    "change_source change_source_user_agent is_bulk_update_flag:boolean"
)
DEAL_CHANGES = Table(
    name="deal_changes",
    key=("deal_id", "ordinal"),
    columns=_CHANGE,
    changed_at=("time",),
    parent=("deal_id",),
    tells=Tells("deals", "field_key", ("old_value", "new_value")),
)
# A page holds the logs of several deals, each as it came (see `deals.py`).
CHANGE_READING = Reading(
    kind=CHANGES,
    table="deal_changes",
    path="deals[].log.data[]",
    values={"deal_id": Value(0, ("deal_id",)), **_flat(_CHANGE, 1, "deal_id", "ordinal")},
    position="ordinal",  # the vendor lists the newest first: the oldest is 0
)

_PRODUCT = fields(
    "id deal_id product_id product_variation_id name quantity:number item_price:number sum:number "
    "tax:number tax_method discount:number discount_type currency is_enabled:boolean comments "
    "add_time:instant update_time:instant"
)
DEAL_PRODUCTS = Table(
    name="deal_products",
    key=("id",),
    columns=_PRODUCT,
    changed_at=("update_time",),
    parent=("deal_id",),
)
PRODUCT_READING = Reading(
    kind=PRODUCTS, table="deal_products", path="data[]", values=_flat(_PRODUCT, 0)
)

_FIELD = fields(
    "object_type field_code field_name field_type is_custom_field:boolean "
    "is_optional_response_field:boolean description options"
)
_OPTION = fields("object_type field_code option_id label")
FIELDS = Table(
    name="fields", key=("object_type", "field_code"), columns=_FIELD, scope=("object_type",)
)
FIELD_OPTIONS = Table(
    name="field_options",
    key=("object_type", "field_code", "option_id"),
    columns=_OPTION,
    parent=("object_type", "field_code"),
)
FIELD_READINGS = (
    Reading(
        kind=LISTED,
        table="fields",
        path="data[]",
        values={
            **_flat(_FIELD, 0),
            "object_type": _OBJECT_TYPE,
            "options": Value(0, ("options",), is_list=True),
        },
    ),
    Reading(
        kind=LISTED,
        table="field_options",
        path="data[].options[]",
        values={
            "object_type": _OBJECT_TYPE,
            "field_code": Value(0, ("field_code",)),
            "option_id": Value(1, ("id",)),
            "label": Value(1, ("label",)),
        },
    ),
)
