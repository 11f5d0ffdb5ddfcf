"""Whose Pipedrive account this is and what it allows."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.engine.client import Client
from ingestion.engine.errors import SkippableError
from ingestion.sources.pipedrive import login, quota
from ingestion.sources.pipedrive.connection import API_VERSION, ME


def identify(client: Client, settings: Mapping[str, str]) -> Mapping[str, str]:
    by = login.API_TOKEN if login.has_fixed_token(settings) else "OAuth"
    facts = {"signed in by": by, "API version": API_VERSION}
    try:
        answer = client.get(ME, groups=(quota.CALLS,))
    except SkippableError as error:
        return {"company": f"not to be seen ({error})", **facts}
    user = answer.json["data"]
    company = [str(user[name]) for name in ("company_name", "company_id") if user.get(name)]
    # Time zone and currency are the user's own; an account has none.
    own = {"time zone": user.get("timezone_name"), "currency": user.get("default_currency")}
    facts = {
        "company": ", ".join(company) or "without a name",
        **{name: str(value) for name, value in own.items() if value},
        **facts,
    }
    most = quota.number(answer, "x-ratelimit-limit")
    if most:
        facts["pace"] = f"{most} calls in {quota.WINDOW_SECONDS:g} s"
    return facts
