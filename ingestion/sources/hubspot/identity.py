"""Whose HubSpot account this is, what it allows, and which of its properties need more rights."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.engine.client import Client
from ingestion.engine.errors import FatalError, SkippableError
from ingestion.model import Pull
from ingestion.sources.hubspot import login
from ingestion.sources.hubspot.connection import account_path, api_version
from ingestion.sources.hubspot.properties import SENSITIVE, WITH_SENSITIVE, of_level
from ingestion.sources.hubspot.quota import CALLS


def identify(client: Client, settings: Mapping[str, str]) -> Mapping[str, str]:
    version = api_version(settings)
    by = login.ACCESS if login.has_fixed_token(settings) else "OAuth"
    facts = {"signed in by": by, "API version": version}
    try:
        answer = client.get(account_path(version), groups=(CALLS,))
    except SkippableError as error:
        return {"portal": f"not to be seen ({error})", **facts}
    account = answer.json
    others = ", ".join(account.get("additionalCurrencies") or ())
    facts = {
        "portal": f"{account['portalId']} ({str(account.get('accountType', '')).lower()})",
        "time zone": str(account.get("timeZone")),
        "currency": f"{account.get('companyCurrency')}{f' (also {others})' if others else ''}",
        **facts,
    }
    most = answer.headers.get("X-HubSpot-RateLimit-Max")
    milliseconds = answer.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    if most and milliseconds.isdigit():
        facts["pace"] = f"{most} calls in {int(milliseconds) / 1000:g} s"
    return facts


def sensitive_remarks(pull: Pull) -> tuple[str, ...]:
    """Whether the properties that HubSpot hides by default can be read as well."""
    name = pull.entity.name
    if name not in WITH_SENSITIVE:
        return ()
    said: list[str] = []
    for level in SENSITIVE:
        words = level.replace("_", " ")
        try:
            found = len(of_level(pull, name, level).json["results"])
        except SkippableError as error:
            said.append(f"{words} properties are not read: {str(error).partition(': ')[2]}")
        except FatalError as error:
            if type(error) is not FatalError:
                raise  # the day's calls, the login: that is no matter of a level
            said.append(f"{words} properties are not read: HubSpot has none in this account")
        else:
            if found:
                said.append(f"{found} {words} properties are read")
    return tuple(said)
