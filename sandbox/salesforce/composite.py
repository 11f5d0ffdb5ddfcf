"""Several reads in one request: composite/batch and composite."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.salesforce.call import Answer, Call, Handler
from sandbox.salesforce.errors import ApiError

_MOST_REQUESTS = 25
_BATCH_URL = re.compile(r"/?v(\d+\.\d)(/.*)", re.DOTALL)
_FULL_URL = re.compile(r"/services/data/v(\d+\.\d)(/.*)", re.DOTALL)

# Runs one read: the call it is part of, method, version, path with query string; status and body.
Dispatch = Callable[[Call, str, str, str], tuple[int, Any]]


def batch(dispatch: Dispatch) -> Handler:
    """URLs without /services/data in front; each part has its own status."""

    def handle(call: Call) -> Answer:
        requests = _requests(call, "batchRequests")
        halt = bool(call.json().get("haltOnError", False))
        results: list[dict[str, Any]] = []
        failed = False
        for one in requests:
            if failed and halt:
                error = ApiError(
                    412, "PROCESSING_HALTED", "The request was not processed: haltOnError is set"
                )
                results.append({"statusCode": error.status, "result": error.body()})
                continue
            status, result = _run(dispatch, call, one, _BATCH_URL)
            failed = failed or status >= 400
            results.append({"statusCode": status, "result": result})
        return Answer({"hasErrors": failed, "results": results})

    return handle


def composite(dispatch: Dispatch) -> Handler:
    """Full paths, each with a referenceId."""

    def handle(call: Call) -> Answer:
        answers = []
        for one in _requests(call, "compositeRequest"):
            status, result = _run(dispatch, call, one, _FULL_URL)
            answers.append(
                {
                    "body": result,
                    "httpHeaders": {},
                    "httpStatusCode": status,
                    "referenceId": one.get("referenceId"),
                }
            )
        return Answer({"compositeResponse": answers})

    return handle


def _requests(call: Call, key: str) -> list[dict[str, Any]]:
    requests = call.json().get(key)
    if not isinstance(requests, list) or not all(isinstance(one, dict) for one in requests):
        raise ApiError(400, "JSON_PARSER_ERROR", f"{key} must be a list of requests")
    if len(requests) > _MOST_REQUESTS:
        text = f"Batch size({len(requests)}) is more than the maximum of {_MOST_REQUESTS}"
        raise ApiError(400, "LIMIT_EXCEEDED", text)
    return requests


def _run(
    dispatch: Dispatch, call: Call, request: dict[str, Any], form: re.Pattern[str]
) -> tuple[int, Any]:
    match = form.fullmatch(str(request.get("url", "")))
    if match is None:
        error = ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        return error.status, error.body()
    try:
        return dispatch(call, str(request.get("method", "GET")), match[1], match[2])
    except ApiError as error:
        return error.status, error.body()
