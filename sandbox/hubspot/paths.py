"""The path map: each purpose under its date-versioned path and under the older one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from sandbox.hubspot import (
    associations,
    campaigns,
    changes,
    oauth,
    objects,
    settings,
)
from sandbox.hubspot.access import definition_scopes
from sandbox.hubspot.call import V3, V4, Call
from sandbox.hubspot.catalogue import (
    CAMPAIGNS_READ,
    CURRENCIES_READ,
    OWNERS_READ,
    SCHEMAS_READ,
    TEAMS_READ,
    USERS_READ,
)
from sandbox.hubspot.search import search

Handler = Callable[[Call], Response]
Scopes = Callable[[Call], tuple[str, ...]]


@dataclass(frozen=True)
class Path:
    """One purpose. `older` maps the older path to the versions it exists in."""

    method: str
    dated: str
    older: dict[str, tuple[str, ...]]
    handler: Handler
    scopes: Scopes
    is_search: bool = False
    is_association: bool = False
    is_open: bool = False


def _read(call: Call) -> tuple[str, ...]:
    # Changes ask for no more than reading: the sandbox has one app, and it is trusted.
    return call.type().scopes


def _source(call: Call) -> tuple[str, ...]:
    return call.type("from").scopes


def _definition(call: Call) -> tuple[str, ...]:
    return definition_scopes(call.type().scopes)


def _any_object(call: Call) -> tuple[str, ...]:
    return ("crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.deals.read")


def _of(*scopes: str) -> Scopes:
    return lambda call: scopes


_RECORDS = "/crm/objects/{version}/{type}"
_OLD_RECORDS = "/crm/{version}/objects/{type}"
_LINKS = "/crm/associations/{version}/{from}/{to}"
_OLD_LINKS = "/crm/{version}/associations/{from}/{to}"
_PIPELINES = "/crm/pipelines/{version}/{type}"
_OLD_PIPELINES = "/crm/{version}/pipelines/{type}"
_PROPERTIES = "/crm/properties/{version}/{type}"
_OLD_PROPERTIES = "/crm/{version}/properties/{type}"


def _old(path: str, *versions: str) -> dict[str, tuple[str, ...]]:
    return {path: versions or (V3,)}


PATHS: tuple[Path, ...] = (
    Path("GET", _RECORDS, _old(_OLD_RECORDS), objects.list_records, _read),
    Path(
        "POST",
        f"{_RECORDS}/search",
        _old(f"{_OLD_RECORDS}/search"),
        search,
        _read,
        is_search=True,
    ),
    Path(
        "POST",
        f"{_RECORDS}/batch/read",
        _old(f"{_OLD_RECORDS}/batch/read"),
        objects.batch_read,
        _read,
    ),
    Path("POST", f"{_RECORDS}/merge", _old(f"{_OLD_RECORDS}/merge"), changes.merge, _read),
    Path(
        "POST",
        f"{_RECORDS}/gdpr-delete",
        _old(f"{_OLD_RECORDS}/gdpr-delete"),
        changes.erase,
        _read,
    ),
    Path("GET", f"{_RECORDS}/{{id}}", _old(f"{_OLD_RECORDS}/{{id}}"), objects.get_record, _read),
    Path("DELETE", f"{_RECORDS}/{{id}}", _old(f"{_OLD_RECORDS}/{{id}}"), changes.archive, _read),
    Path(
        "GET",
        f"{_RECORDS}/{{id}}/associations/{{to}}",
        _old(f"{_OLD_RECORDS}/{{id}}/associations/{{to}}", V3, V4),
        associations.of_one_record,
        _read,
        is_association=True,
    ),
    Path(
        "POST",
        f"{_LINKS}/batch/read",
        _old(f"{_OLD_LINKS}/batch/read", V3, V4),
        associations.batch_read,
        _source,
        is_association=True,
    ),
    Path(
        "GET",
        f"{_LINKS}/labels",
        _old(f"{_OLD_LINKS}/labels", V4),
        associations.labels,
        _source,
        is_association=True,
    ),
    Path("GET", _PIPELINES, _old(_OLD_PIPELINES), settings.list_pipelines, _definition),
    Path(
        "GET",
        f"{_PIPELINES}/{{id}}",
        _old(f"{_OLD_PIPELINES}/{{id}}"),
        settings.get_pipeline,
        _definition,
    ),
    Path(
        "GET",
        f"{_PIPELINES}/{{id}}/stages",
        _old(f"{_OLD_PIPELINES}/{{id}}/stages"),
        settings.list_stages,
        _definition,
    ),
    Path("GET", _PROPERTIES, _old(_OLD_PROPERTIES), settings.list_properties, _definition),
    Path(
        "POST",
        f"{_PROPERTIES}/batch/read",
        _old(f"{_OLD_PROPERTIES}/batch/read"),
        settings.read_properties,
        _definition,
    ),
    Path(
        "GET",
        f"{_PROPERTIES}/{{name}}",
        _old(f"{_OLD_PROPERTIES}/{{name}}"),
        settings.get_property,
        _definition,
    ),
    Path(
        "GET",
        "/crm/owners/{version}",
        _old("/crm/{version}/owners"),
        settings.list_owners,
        _of(*OWNERS_READ),
    ),
    Path(
        "GET",
        "/crm/owners/{version}/{id}",
        _old("/crm/{version}/owners/{id}"),
        settings.get_owner,
        _of(*OWNERS_READ),
    ),
    Path(
        "GET",
        "/crm-object-schemas/{version}/schemas",
        {"/crm/{version}/schemas": (V3,), "/crm-object-schemas/{version}/schemas": (V3,)},
        settings.list_schemas,
        _of(*SCHEMAS_READ),
    ),
    Path(
        "GET",
        "/crm/limits/{version}/records",
        _old("/crm/{version}/limits/records"),
        settings.record_limits,
        _any_object,
    ),
    Path(
        "GET",
        "/settings/users/{version}",
        _old("/settings/{version}/users"),
        settings.list_users,
        _of(*USERS_READ),
    ),
    Path(
        "GET",
        "/settings/users/{version}/teams",
        _old("/settings/{version}/users/teams"),
        settings.list_teams,
        _of(*TEAMS_READ),
    ),
    Path(
        "GET",
        "/account-info/{version}/details",
        {"/account-info/{version}/details": (V3,)},
        settings.account_details,
        _of(),
    ),
    Path(
        "GET",
        "/account-info/{version}/api-usage/daily/private-apps",
        {"/account-info/{version}/api-usage/daily/private-apps": (V3,)},
        settings.daily_usage,
        _of(),
    ),
    Path(
        "GET",
        "/settings/currencies/{version}/company-currency",
        _old("/settings/{version}/currencies/company-currency"),
        settings.company_currency,
        _of(*CURRENCIES_READ),
    ),
    Path(
        "GET",
        "/settings/currencies/{version}/exchange-rates",
        _old("/settings/{version}/currencies/exchange-rates"),
        settings.list_exchange_rates,
        _of(*CURRENCIES_READ),
    ),
    Path(
        "GET",
        "/settings/currencies/{version}/exchange-rates/current",
        _old("/settings/{version}/currencies/exchange-rates/current"),
        settings.current_exchange_rates,
        _of(*CURRENCIES_READ),
    ),
    Path(
        "GET",
        "/marketing/campaigns/{version}",
        _old("/marketing/{version}/campaigns"),
        campaigns.list_campaigns,
        _of(*CAMPAIGNS_READ),
    ),
    Path(
        "POST",
        "/marketing/campaigns/{version}/batch/read",
        _old("/marketing/{version}/campaigns/batch/read"),
        campaigns.read_campaigns,
        _of(*CAMPAIGNS_READ),
    ),
    Path(
        "GET",
        "/marketing/campaigns/{version}/{id}",
        _old("/marketing/{version}/campaigns/{id}"),
        campaigns.get_campaign,
        _of(*CAMPAIGNS_READ),
    ),
    Path(
        "POST",
        "/oauth/{version}/token",
        {"/oauth/{version}/token": ("v1", V3)},
        oauth.token,
        _of(),
        is_open=True,
    ),
    Path(
        "POST",
        "/oauth/{version}/token/introspect",
        {"/oauth/{version}/token/introspect": (V3,)},
        oauth.introspect,
        _of(),
        is_open=True,
    ),
    Path(
        "POST",
        "/oauth/{version}/token/revoke",
        {"/oauth/{version}/token/revoke": (V3,)},
        oauth.revoke,
        _of(),
        is_open=True,
    ),
    Path(
        "GET",
        "/oauth/{version}/access-tokens/{token}",
        {"/oauth/{version}/access-tokens/{token}": ("v1",)},
        oauth.access_token,
        _of(),
        is_open=True,
    ),
)
