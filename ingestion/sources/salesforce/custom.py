"""Objects that an org has made itself (`Invoice__c`), read like the standard ones.

Entity and raw table are `custom_<api name in lower case>`; API names have no case, so the object
follows from it and a landing can be loaded without the API. Only those that
`SALESFORCE_CUSTOM_OBJECTS` names are read, or `all`: an org has hundreds, most of them the workings
of installed packages, and each costs calls of the day's budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingestion.engine.client import Client
from ingestion.engine.errors import FatalError
from ingestion.engine.fields import fields
from ingestion.engine.settings import chosen
from ingestion.model import Entity, Pull
from ingestion.sources.salesforce.connection import data_path
from ingestion.sources.salesforce.objects import described_entity
from ingestion.sources.salesforce.quota import CALLS
from ingestion.sources.salesforce.tables import Described

PREFIX = "custom_"
ENDING = "__c"
WANTED = "SALESFORCE_CUSTOM_OBJECTS"
_COLUMNS = fields(
    "Id Name! IsDeleted:boolean CreatedDate:instant CreatedById LastModifiedDate:instant "
    "LastModifiedById SystemModstamp:instant"
)


def discover(pull: Pull) -> tuple[str, ...]:
    """The entities of the objects that the settings want and the org has."""
    wanted = chosen(pull.settings, WANTED, "none")
    if wanted == ():
        return ()
    names = {name.lower() for name in there(pull.client, pull.settings)}
    if wanted is not None:
        lacking = sorted(name for name in wanted if name.lower() not in names)
        if lacking:
            raise FatalError(
                f"{WANTED}: the org has no custom object {', '.join(lacking)}, or the user may not "
                "see it"
            )
        names = {name.lower() for name in wanted}
    return tuple(PREFIX + name for name in sorted(names))


def there(client: Client, settings: Mapping[str, str]) -> list[str]:
    """The org's own objects that the user may see."""
    answer = client.get(f"{data_path(settings)}/sobjects", groups=(CALLS,))
    return sorted(str(item["name"]) for item in answer.json["sobjects"] if _is_readable(item))


def custom(name: str) -> Entity:
    """The entity of that name. KeyError where it cannot be an org's own object."""
    api_name = name.removeprefix(PREFIX)
    if not name.startswith(PREFIX) or not api_name.lower().endswith(ENDING):
        raise KeyError(name)
    return described_entity(name, Described(api_name, _COLUMNS))


def _is_readable(item: Mapping[str, Any]) -> bool:
    """Whether it holds records of the org's: no settings, and nothing that cannot be queried."""
    return (
        str(item["name"]).lower().endswith(ENDING)
        and bool(item.get("queryable", True))
        and not item.get("customSetting")
        and not item.get("deprecatedAndHidden")
    )
