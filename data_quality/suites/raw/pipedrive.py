"""What Pipedrive agreed to send.

Activity types are the account's own list, so an unknown one is a warning; a deal's status is not.
"""

from __future__ import annotations

from data_quality.expectations import between, one_of
from data_quality.model import Suite
from data_quality.suites.raw.arrival import Account, arrival

PIPEDRIVE = Account("pipedrive", core=("organizations", "persons", "deals"))

SUITES: tuple[Suite, ...] = (
    arrival(PIPEDRIVE, "users", fields=("name", "email", "active_flag"), required="critical"),
    arrival(PIPEDRIVE, "currencies", fields=("code",)),
    arrival(PIPEDRIVE, "pipelines", fields=("name", "order_nr"), required="critical"),
    arrival(
        PIPEDRIVE,
        "stages",
        fields=("name", "order_nr", "pipeline_id"),
        required="critical",
        also=(between("deal_probability", 0, 100, why="per cent, as the model divides it"),),
    ),
    arrival(
        PIPEDRIVE,
        "fields",
        key=("object_type", "field_code"),
        fields=("field_name", "field_type", "is_custom_field"),
        required="critical",
    ),
    arrival(
        PIPEDRIVE,
        "field_options",
        key=("object_type", "field_code", "option_id"),
        fields=("label",),
        entity="fields",
    ),
    arrival(PIPEDRIVE, "products", fields=("name", "code")),
    arrival(
        PIPEDRIVE,
        "product_prices",
        key=("product_id", "currency"),
        fields=("price",),
        entity="products",
    ),
    arrival(PIPEDRIVE, "organizations", fields=("name", "website"), required="warning"),
    arrival(PIPEDRIVE, "persons", fields=("name", "org_id", "add_time"), required="warning"),
    *(
        arrival(
            PIPEDRIVE, table, key=("person_id", "ordinal"), fields=("is_primary",), entity="persons"
        )
        for table in ("person_emails", "person_phones")
    ),
    arrival(
        PIPEDRIVE,
        "deals",
        linked=True,
        fields=("value", "currency", "status", "stage_id", "pipeline_id", "owner_id", "add_time"),
        required="warning",
        also=(
            one_of(
                "status",
                "open",
                "won",
                "lost",
                "deleted",
                why="a deal in another state is neither open nor closed in any number",
            ),
        ),
    ),
    arrival(
        PIPEDRIVE,
        "deal_changes",
        key=("deal_id", "ordinal"),
        fields=("time", "field_key", "old_value", "new_value"),
        entity="deals",
    ),
    arrival(
        PIPEDRIVE,
        "deal_products",
        fields=("deal_id", "product_id", "quantity", "item_price"),
        entity="deals",
    ),
    arrival(
        PIPEDRIVE,
        "activities",
        fields=("done", "marked_as_done_time"),
        also=(
            one_of(
                "type",
                "call",
                "email",
                "meeting",
                "task",
                "deadline",
                "lunch",
                why="an unknown word falls out of the reports that group by it",
            ),
        ),
    ),
    arrival(PIPEDRIVE, "leads", fields=("person_id", "is_archived")),
)
