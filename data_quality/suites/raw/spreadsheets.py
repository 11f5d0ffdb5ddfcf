"""What people keep in spreadsheets, after the reader has set aside what it could not take."""

from __future__ import annotations

from data_quality.expectations import between, no_rows, one_of
from data_quality.model import Suite
from data_quality.suites.raw.arrival import Account, arrival

SHEETS = Account("spreadsheets", core=(), owner="sales-ops")

_KEY = ("row_key",)

SUITES: tuple[Suite, ...] = (
    arrival(
        SHEETS,
        "files",
        key=("sheet_key",),
        fields=("file", "sheet", "sha256", "kind", "status"),
        also=(
            one_of("status", "read", "ignored", why="of a refused file nothing new was taken"),
            no_rows(
                "no_row_is_lost",
                "select sheet_key from {batch} "
                "where rows_read <> coalesce(rows_loaded, 0) + coalesce(rows_quarantined, 0)",
                why="a row is loaded or set aside, and never neither",
            ),
        ),
    ),
    arrival(
        SHEETS,
        "quarantine",
        key=("quarantine_key",),
        fields=("kind", "file", "sheet", "sheet_row", "sheet_column", "value", "reason"),
        entity="files",
    ),
    arrival(
        SHEETS,
        "targets",
        key=_KEY,
        fields=("kpi_id", "scope", "scope_text", "period_start", "period_end", "target_value"),
        also=(
            one_of(
                "scope",
                "total",
                "team",
                "owner",
                "segment",
                why="a target of another level is nobody's",
                severity="critical",
            ),
            one_of(
                "period_grain",
                "day",
                "week",
                "month",
                "quarter",
                "year",
                why="a target of another length belongs to no period",
                severity="critical",
            ),
        ),
    ),
    arrival(
        SHEETS, "manual_sales", key=_KEY, fields=("sold_on", "quantity", "unit_price", "amount")
    ),
    arrival(
        SHEETS,
        "surveys",
        key=_KEY,
        fields=("survey_name", "survey_type", "answered_on"),
        also=(between("score", 0, 10, why="no survey here asks for more than 10"),),
    ),
    arrival(SHEETS, "surveys_sent", key=_KEY, fields=("survey_name", "sent_on", "sent_count")),
    arrival(SHEETS, "returns", key=_KEY, fields=("order_number", "returned_on")),
    arrival(SHEETS, "benchmarks", key=_KEY, fields=("kpi_id", "benchmark_value", "source_date")),
    arrival(
        SHEETS, "campaign_spend", key=_KEY, fields=("campaign_name", "spent_on", "spend_amount")
    ),
    arrival(
        SHEETS,
        "web_sessions",
        key=_KEY,
        fields=("session_on", "session_count"),
        also=(
            one_of(
                "lead_source",
                "organic_search",
                "paid_search",
                "email",
                "social",
                "referral",
                "direct",
                "event",
                "other",
                why="visits of an unknown channel meet no leads",
            ),
        ),
    ),
    arrival(SHEETS, "owner_map", key=_KEY, fields=("owner_email", "team_name", "country_code")),
    arrival(SHEETS, "product_costs", key=_KEY, fields=("sku", "unit_cost", "currency_code")),
)
