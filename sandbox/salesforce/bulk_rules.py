"""What a Bulk query job may be asked, and in which words the rest is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.compile import Plan
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.syntax import FieldsOf

DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
_OPERATIONS = frozenset({"query", "queryAll"})
# Configuration objects that only REST answers for.
_UNSUPPORTED = frozenset(
    {
        "AcceptedEventRelation",
        "CaseStatus",
        "ContractStatus",
        "DeclinedEventRelation",
        "OpportunityStage",
        "OrderStatus",
        "PartnerRole",
        "RecentlyViewed",
        "SolutionStatus",
        "TaskPriority",
        "TaskStatus",
        "UndecidedEventRelation",
    }
)


def check_request(asked: Mapping[str, Any]) -> None:
    """The envelope of a job."""
    if str(asked.get("operation")) not in _OPERATIONS:
        raise ApiError(400, "INVALIDJOB", f"Invalid operation: {asked.get('operation')}")
    if not asked.get("query"):
        raise ApiError(400, "INVALIDJOB", "Missing required field: query")
    if asked.get("contentType", "CSV") != "CSV":
        raise ApiError(400, "INVALIDJOB", f"Invalid content type: {asked['contentType']}")
    if str(asked.get("columnDelimiter", "COMMA")) not in DELIMITERS:
        raise ApiError(400, "INVALIDJOB", f"Invalid column delimiter: {asked['columnDelimiter']}")
    if str(asked.get("lineEnding", "LF")) not in LINE_ENDINGS:
        raise ApiError(400, "INVALIDJOB", f"Invalid line ending: {asked['lineEnding']}")


def check_plan(plan: Plan) -> None:
    """The query of a job, which is good SOQL but not always good for Bulk."""
    query = plan.query
    if plan.entity.name in _UNSUPPORTED:
        text = f"Entity '{plan.entity.name}' is not supported by the Bulk API."
        raise ApiError(400, "INVALIDENTITY", text)
    if any(isinstance(item, FieldsOf) for item in query.select):
        raise ApiError(400, "API_ERROR", "FIELDS() is not supported in Bulk Query")
    if query.group_by:
        raise ApiError(400, "API_ERROR", "Group By clause is not supported in Bulk Query")
    if query.is_count or query.is_aggregate:
        raise ApiError(400, "API_ERROR", "Aggregate functions are not supported in Bulk Query")
    if query.offset:
        raise ApiError(400, "API_ERROR", "Offset clause is not supported in Bulk Query")
    types = {column.field.type for column in plan.columns}
    if types & {"address", "location"}:
        raise ApiError(400, "API_ERROR", "Selecting compound data not supported in Bulk Query")
    if "base64" in types:
        raise ApiError(400, "API_ERROR", "Binary fields are not supported in Bulk Query")
