"""HubSpot's raw tables: the columns that are there whatever a portal has, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.engine.fields import fields
from ingestion.engine.parse import CONTEXT, STAR
from ingestion.model import Field, Reading, Table, Value

_OWNED = "hubspot_owner_id hs_lastmodifieddate:instant hs_object_id:number"
_ACTIVITY = f"hs_timestamp:instant hs_createdate:instant {_OWNED}"
_USUAL = f"hs_createdate:instant {_OWNED}"

PROPERTIES: Mapping[str, tuple[Field, ...]] = {
    "companies": fields(
        "name domain website industry numberofemployees:number annualrevenue:number country state "
        "city phone lifecyclestage createdate:instant hs_parent_company_id:number "
        f"hs_additional_domains hs_merged_object_ids salesforceaccountid {_OWNED}"
    ),
    "contacts": fields(
        "email! firstname! lastname! phone! jobtitle! company country lifecyclestage "
        "hs_lead_status hubspot_owner_id createdate:instant lastmodifieddate:instant "
        "hs_object_id:number "
        "hs_analytics_source hs_analytics_source_data_1 hs_analytics_source_data_2 "
        "hs_merged_object_ids hs_email_optout:boolean associatedcompanyid:number "
        "num_associated_deals:number hs_v2_date_entered_lead:instant "
        "hs_v2_date_entered_marketingqualifiedlead:instant "
        "hs_v2_date_entered_salesqualifiedlead:instant hs_v2_date_entered_opportunity:instant "
        "hs_v2_date_entered_customer:instant salesforcecontactid salesforceleadid"
    ),
    "deals": fields(
        "dealname amount:number dealstage pipeline closedate:instant createdate:instant dealtype "
        "hs_deal_stage_probability:number hs_is_closed:boolean hs_is_closed_won:boolean "
        "hs_is_closed_lost:boolean closed_lost_reason closed_won_reason deal_currency_code "
        "hs_exchange_rate:number amount_in_home_currency:number hs_forecast_amount:number "
        "hs_manual_forecast_category hs_next_step! hs_priority hs_analytics_source "
        "hs_analytics_source_data_2 num_associated_contacts:number hs_projected_amount:number "
        "hs_merged_object_ids hs_salesforceopportunityid coupon_code days_to_close:number "
        f"hs_v2_time_in_current_stage:instant {_OWNED}"
    ),
    "line_items": fields(
        "name hs_product_id:number quantity:number price:number amount:number discount:number "
        "hs_discount_percentage:number hs_sku hs_line_item_currency_code createdate:instant "
        "hs_lastmodifieddate:instant hs_object_id:number"
    ),
    "products": fields(
        "name description price:number hs_sku hs_product_type product_family createdate:instant "
        "hs_lastmodifieddate:instant hs_object_id:number"
    ),
    "quotes": fields(
        "hs_title hs_status hs_expiration_date:date hs_quote_amount:number hs_currency "
        "hs_quote_number hs_createdate:instant hs_lastmodifieddate:instant hs_object_id:number"
    ),
    "tickets": fields(
        "subject! content! hs_pipeline hs_pipeline_stage hs_ticket_priority hs_ticket_category "
        "createdate:instant closed_date:instant time_to_close:number "
        f"time_to_first_agent_reply:number source_type hs_resolution {_OWNED}"
    ),
    "calls": fields(
        "hs_call_title! hs_call_body! hs_call_direction hs_call_disposition "
        "hs_call_duration:number hs_call_status hs_call_to_number! hs_call_from_number! "
        f"hs_activity_type {_ACTIVITY}"
    ),
    "emails": fields(
        "hs_email_direction hs_email_status hs_email_subject! hs_email_text! hs_email_html! "
        "hs_email_headers! hs_email_from_email! hs_email_to_email! hs_email_open_count:number "
        f"hs_email_reply_count:number {_ACTIVITY}"
    ),
    "meetings": fields(
        "hs_meeting_title! hs_meeting_start_time:instant hs_meeting_end_time:instant "
        "hs_meeting_outcome hs_meeting_location! hs_internal_meeting_notes! hs_activity_type "
        f"{_ACTIVITY}"
    ),
    "tasks": fields(
        "hs_task_subject! hs_task_body! hs_task_status hs_task_priority hs_task_type "
        f"hs_task_completion_date:instant {_ACTIVITY}"
    ),
    "notes": fields(f"hs_note_body! hs_attachment_ids {_ACTIVITY}"),
    "leads": fields(
        f"hs_lead_name! hs_lead_type hs_lead_label hs_pipeline hs_pipeline_stage {_USUAL}"
    ),
    "feedback_submissions": fields(
        "hs_survey_id:number hs_survey_name hs_survey_type hs_value:number hs_content! "
        "hs_submission_timestamp:instant hs_sentiment hs_createdate:instant "
        "hs_lastmodifieddate:instant hs_object_id:number"
    ),
    "goal_targets": fields(
        "hs_goal_name hs_goal_type hs_milestone hs_target_amount:number "
        f"hs_start_datetime:instant hs_end_datetime:instant {_USUAL}"
    ),
}

# What a portal's own objects have of HubSpot's making.
OWN_OBJECTS = fields(f"{_USUAL} hs_merged_object_ids")

# Records of people and of what they said: free text that the lists above do not name is personal.
OF_PEOPLE = frozenset({"contacts", "leads", "tickets", "feedback_submissions"}) | frozenset(
    {"calls", "emails", "meetings", "tasks", "notes"}
)

# Pages of a list carry their records' links, pages of a batch do not.
LISTED = "listed"
BATCHED = "batched"

_RECORD = fields("id createdAt:instant updatedAt:instant archived:boolean archivedAt:instant")


def created(name: str) -> str:
    """The property that tells when a record of the object was created."""
    known = {field.name for field in PROPERTIES.get(name, ())}
    return "createdate" if "createdate" in known else "hs_createdate"


def modified(name: str) -> str:
    """The property that tells when a record of the object was changed.

    Searching contacts by hs_lastmodifieddate is accepted and finds nothing.
    """
    return "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"


def object_table(name: str) -> Table:
    known = PROPERTIES.get(name, OWN_OBJECTS)
    merges = any(field.name == "hs_merged_object_ids" for field in known)
    return Table(
        name=name,
        key=("id",),
        columns=(_RECORD[0], *known, *_RECORD[1:]),
        changed_at=("updatedAt", modified(name)),
        created_at=(created(name), "createdAt"),
        currency="deal_currency_code" if name == "deals" else None,
        deleted="archived",
        deleted_at=("archivedAt",),
        absorbed="hs_merged_object_ids" if merges else None,
    )


def object_reading(name: str, kind: str) -> Reading:
    return Reading(
        kind=kind,
        table=name,
        path="results[]",
        values={field.name: Value(0, (field.name,)) for field in _RECORD},
        fields_at=("properties",),
    )


PROPERTY_HISTORY = Table(
    name="property_history",
    key=("object_type", "record_id", "property", "timestamp", "ordinal"),
    columns=fields(
        "object_type record_id property timestamp:instant ordinal:integer value sourceType "
        "sourceId updatedByUserId:integer"
    ),
    changed_at=("timestamp",),
    parent=("object_type", "record_id"),
)


def history_reading(kind: str) -> Reading:
    return Reading(
        kind=kind,
        table="property_history",
        path="results[].propertiesWithHistory.*[]",
        star="history",
        values={
            "object_type": Value(CONTEXT, ("from_type",)),
            "record_id": Value(0, ("id",)),
            "property": Value(STAR),
            **{
                name: Value(1, (name,))
                for name in ("timestamp", "value", "sourceType", "sourceId", "updatedByUserId")
            },
        },
        position="ordinal",  # the vendor lists the newest first: the oldest is 0
    )


ASSOCIATIONS = Table(
    name="associations",
    key=("from_type", "from_id", "to_type", "to_id", "type_id"),
    columns=fields("from_type from_id to_type to_id type_id:integer category label"),
    parent=("from_type", "from_id", "to_type"),
    belongs_to=("from_type", "from_id"),
    points_at=("to_type", "to_id"),
)

_ENGAGEMENTS: Mapping[str, tuple[int, int, int]] = {
    "call": (194, 182, 206),
    "email": (198, 186, 210),
    "meeting": (200, 188, 212),
    "note": (202, 190, 214),
    "task": (204, 192, 216),
}

# Lists name a link's type by text, the association API by number. Names not in here (a portal's
# own labels) are looked up there.
TYPE_IDS: Mapping[str, str] = {
    "deal_to_contact": "3",
    "deal_to_company": "5",
    "deal_to_company_unlabeled": "341",
    "contact_to_company": "1",
    "contact_to_company_unlabeled": "279",
    "line_item_to_deal": "20",
    "quote_to_deal": "64",
    "ticket_to_contact": "16",
    "ticket_to_company": "26",
    "ticket_to_company_unlabeled": "339",
    "feedback_submission_to_contact": "98",
    "feedback_submission_to_ticket": "100",
    "lead_to_contact": "578",
    "lead_to_contact_unlabeled": "608",
    **{
        f"{engagement}_to_{target}": str(type_id)
        for engagement, ids in _ENGAGEMENTS.items()
        for target, type_id in zip(("contact", "company", "deal"), ids, strict=True)
    },
}
_PRIMARY = ("deal_to_company", "contact_to_company", "ticket_to_company", "lead_to_contact")

INLINE_ASSOCIATIONS = Reading(
    kind=LISTED,
    table="associations",
    path="results[].associations.*.results[]",
    star="associations",
    known="type_id",
    values={
        "from_type": Value(CONTEXT, ("from_type",)),
        "from_id": Value(0, ("id",)),
        "to_type": Value(STAR, lookup={"line items": "line_items"}, keep=True),
        "to_id": Value(1, ("id",)),
        "type_id": Value(1, ("type",), lookup=TYPE_IDS),
        "category": Value(1, ("type",), lookup=dict.fromkeys(TYPE_IDS, "HUBSPOT_DEFINED")),
        "label": Value(1, ("type",), lookup=dict.fromkeys(_PRIMARY, "Primary")),
    },
)

ASKED_ASSOCIATIONS = Reading(
    kind="associations",
    table="associations",
    path="results[].to[].associationTypes[]",
    values={
        "from_type": Value(CONTEXT, ("from_type",)),
        "from_id": Value(0, ("from", "id")),
        "to_type": Value(CONTEXT, ("to_type",)),
        "to_id": Value(1, ("toObjectId",)),
        "type_id": Value(2, ("typeId",)),
        "category": Value(2, ("category",)),
        "label": Value(2, ("label",)),
    },
)
