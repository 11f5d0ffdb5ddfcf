"""Salesforce's refusals: status, code and text as its REST API words them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer that is an error: the body is an array with one entry."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> list[dict[str, Any]]:
        return [{"message": self.message, "errorCode": self.code}]


class QueryError(ApiError):
    """A query that is refused, with the caret under the place when it is known."""

    def __init__(
        self, code: str, message: str, *, query: str = "", position: int | None = None
    ) -> None:
        if position is not None:
            message = f"{_caret(query, position)}\n{message}"
        super().__init__(400, code, message)


def not_found() -> ApiError:
    return ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def method_not_allowed(method: str, allowed: str) -> ApiError:
    text = f"HTTP Method '{method}' not allowed. Allowed are {allowed}"
    return ApiError(405, "METHOD_NOT_ALLOWED", text)


def session_invalid() -> ApiError:
    return ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")


def quota_used_up() -> ApiError:
    return ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def bad_json() -> ApiError:
    return ApiError(400, "JSON_PARSER_ERROR", "The HTTP entity body is not a JSON object.")


def locator_invalid() -> ApiError:
    return ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")


def version_retired(version: str) -> ApiError:
    return ApiError(410, "UNSUPPORTED_API_VERSION", f"API version {version} is no longer available")


def unknown_object(name: str, *, query: str = "", position: int | None = None) -> QueryError:
    text = (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be "
        "sure to append the '__c' after the entity name. Please reference your WSDL or the describe "
        "call for the appropriate names."
    )
    return QueryError("INVALID_TYPE", text, query=query, position=position)


def unknown_field(name: str, entity: str, *, query: str, position: int) -> QueryError:
    text = (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, "
        "be sure to append the '__c' after the custom field name. Please reference your WSDL or the "
        "describe call for the appropriate names."
    )
    return QueryError("INVALID_FIELD", text, query=query, position=position)


def unknown_relationship(name: str, *, query: str, position: int) -> QueryError:
    text = (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a "
        "custom relationship, be sure to append the '__r' after the custom relationship name. "
        "Please reference your WSDL or the describe call for the appropriate names."
    )
    return QueryError("INVALID_FIELD", text, query=query, position=position)


def unexpected(token: str, *, query: str, position: int) -> QueryError:
    return QueryError(
        "MALFORMED_QUERY", f"unexpected token: '{token}'", query=query, position=position
    )


def _caret(query: str, position: int) -> str:
    """The part of the query around the place, the caret below it, and its row and column."""
    row = query.count("\n", 0, position) + 1
    start = query.rfind("\n", 0, position) + 1
    column = position - start + 1
    end = query.find("\n", position)
    line = query[start : end if end >= 0 else len(query)]
    shown_from = max(0, column - 41)
    shown = line[shown_from : column + 40]
    caret = " " * (column - 1 - shown_from) + "^"
    return f"\n{shown}\n{caret}\nERROR at Row:{row}:Column:{column}"
