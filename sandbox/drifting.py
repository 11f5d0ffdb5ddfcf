"""What an administrator does to fields and objects: `POST /_control/drift` with one deed.

HubSpot: add_property, archive_property, purge_property, restore_property, change_property,
add_object. Salesforce: add_field, remove_field (also what a field hidden by permissions looks
like), rename_field, change_field, add_object. Both: write, which sets values of a record with or
without moving its change stamp.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.hubspot import drifting as hubspot
from sandbox.salesforce import drifting as salesforce
from sandbox.store import Store

_DEEDS: dict[tuple[str, str], Callable[..., None]] = {
    ("hubspot", "add_property"): hubspot.add_property,
    ("hubspot", "change_property"): hubspot.change_property,
    ("hubspot", "archive_property"): hubspot.archive_property,
    ("hubspot", "restore_property"): hubspot.restore_property,
    ("hubspot", "purge_property"): hubspot.purge_property,
    ("hubspot", "add_object"): hubspot.add_object,
    ("hubspot", "write"): hubspot.write,
    ("salesforce", "add_field"): salesforce.add_field,
    ("salesforce", "remove_field"): salesforce.remove_field,
    ("salesforce", "change_field"): salesforce.change_field,
    ("salesforce", "rename_field"): salesforce.rename_field,
    ("salesforce", "add_object"): salesforce.add_object,
    ("salesforce", "write"): salesforce.write,
}


class DriftError(ValueError):
    """A deed that cannot be done; the text says why."""


def drift(store: Store, value: Any) -> dict[str, Any]:
    """Do one deed: {"vendor": "hubspot", "deed": "add_property", ...}. Commits."""
    if not isinstance(value, dict):
        raise DriftError("a deed is expected")
    arguments = {str(key): item for key, item in value.items() if key not in ("vendor", "deed")}
    deed = _DEEDS.get((str(value.get("vendor")), str(value.get("deed"))))
    if deed is None:
        known = ", ".join(f"{vendor} {name}" for vendor, name in _DEEDS)
        raise DriftError(f"no such deed; there are {known}")
    try:
        deed(store, **arguments)
    except (LookupError, TypeError) as error:
        raise DriftError(f"{value['deed']}: {error}") from error
    store.commit()
    return {"done": value["deed"]}
