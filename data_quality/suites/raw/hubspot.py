"""What HubSpot agreed to send.

Vocabularies are HubSpot's own enumerations, so an unknown value is a warning: a portal may have
added one, and the model maps it to "other" until the seed knows it.
"""

from __future__ import annotations

from data_quality.expectations import between, one_of
from data_quality.model import Suite
from data_quality.suites.raw.arrival import Account, arrival

HUBSPOT = Account("hubspot", core=("companies", "contacts", "deals"))

_VOCABULARY = "an unknown word falls out of the reports that group by it"

SUITES: tuple[Suite, ...] = (
    arrival(HUBSPOT, "account_info", key=("portalId",), fields=("timeZone", "companyCurrency")),
    arrival(HUBSPOT, "owners", fields=("email", "userId", "archived"), required="critical"),
    arrival(HUBSPOT, "owner_teams", key=("owner_id", "team_id"), entity="owners"),
    arrival(HUBSPOT, "teams", fields=("name",)),
    arrival(
        HUBSPOT,
        "pipelines",
        key=("object_type", "id"),
        fields=("label",),
        required="critical",
    ),
    arrival(
        HUBSPOT,
        "pipeline_stages",
        key=("object_type", "pipeline_id", "id"),
        fields=("label", "displayOrder", "probability", "isClosed"),
        required="critical",
        entity="pipelines",
        also=(between("probability", 0, 1, why="a share; 50 would mean per cent"),),
    ),
    arrival(
        HUBSPOT,
        "properties",
        key=("object_type", "name"),
        fields=("label", "type"),
        required="critical",
    ),
    arrival(HUBSPOT, "exchange_rates", fields=("fromCurrencyCode", "conversionRate")),
    arrival(HUBSPOT, "companies", fields=("name", "domain"), required="warning"),
    arrival(HUBSPOT, "contacts", linked=True, fields=("email", "createdate"), required="warning"),
    arrival(
        HUBSPOT,
        "deals",
        linked=True,
        fields=("amount", "dealstage", "pipeline", "closedate", "createdate", "hubspot_owner_id"),
        required="warning",
        also=(
            one_of("dealtype", "newbusiness", "existingbusiness", "renewal", why=_VOCABULARY),
            between(
                "hs_deal_stage_probability",
                0,
                1,
                why="a share; 50 would mean per cent",
                severity="warning",
            ),
        ),
    ),
    arrival(
        HUBSPOT,
        "property_history",
        key=("object_type", "record_id", "property", "timestamp", "ordinal"),
        fields=("value",),
        entity="deals",
    ),
    arrival(
        HUBSPOT,
        "associations",
        key=("from_type", "from_id", "to_type", "to_id", "type_id"),
        entity="deals",
    ),
    arrival(HUBSPOT, "line_items", linked=True, fields=("quantity", "price", "amount")),
    arrival(HUBSPOT, "products", fields=("name", "price")),
    arrival(HUBSPOT, "quotes", linked=True),
    arrival(
        HUBSPOT,
        "tickets",
        linked=True,
        fields=("hs_pipeline", "hs_pipeline_stage", "createdate", "closed_date"),
        also=(one_of("hs_ticket_priority", "LOW", "MEDIUM", "HIGH", "URGENT", why=_VOCABULARY),),
    ),
    arrival(HUBSPOT, "calls", linked=True, fields=("hs_timestamp", "hs_call_status")),
    arrival(
        HUBSPOT,
        "emails",
        linked=True,
        fields=("hs_timestamp", "hs_email_direction", "hs_email_status"),
        also=(
            one_of(
                "hs_email_direction",
                "EMAIL",
                "INCOMING_EMAIL",
                "FORWARDED_EMAIL",
                why=_VOCABULARY,
            ),
        ),
    ),
    arrival(
        HUBSPOT,
        "meetings",
        linked=True,
        fields=("hs_timestamp", "hs_meeting_outcome"),
        also=(
            one_of(
                "hs_meeting_outcome",
                "SCHEDULED",
                "COMPLETED",
                "RESCHEDULED",
                "NO_SHOW",
                "CANCELED",
                why=_VOCABULARY,
            ),
        ),
    ),
    arrival(
        HUBSPOT,
        "tasks",
        linked=True,
        fields=("hs_timestamp", "hs_task_status"),
        also=(
            one_of(
                "hs_task_status",
                "NOT_STARTED",
                "IN_PROGRESS",
                "WAITING",
                "COMPLETED",
                "DEFERRED",
                why=_VOCABULARY,
            ),
        ),
    ),
    arrival(HUBSPOT, "notes", linked=True, fields=("hs_timestamp",)),
    arrival(HUBSPOT, "leads", linked=True),
    arrival(
        HUBSPOT,
        "feedback_submissions",
        linked=True,
        fields=("hs_survey_type", "hs_value", "hs_submission_timestamp"),
        also=(one_of("hs_survey_type", "CSAT", "CES", "NPS", "CUSTOM", why=_VOCABULARY),),
    ),
    arrival(HUBSPOT, "goal_targets", fields=("hs_target_amount", "hubspot_owner_id")),
    arrival(HUBSPOT, "campaigns", fields=("hs_name",)),
)
