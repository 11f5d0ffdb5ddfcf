"""How fields of Salesforce objects are written down here: one line each.

`Name type length-or-target label`, with flags after a bar: n never null, c formula,
f not filterable, b part of the billing address, m part of the name, r kept by Salesforce itself:
nobody can write it. `audit` names the standard fields that the real object has of: who and when it
was made and changed, and whether deleted.
"""

from __future__ import annotations

from typing import NamedTuple


class ObjectLines(NamedTuple):
    prefix: str
    label: str
    plural: str
    audit: str  # of: d IsDeleted, c created, m modified, s SystemModstamp
    lines: tuple[str, ...]


CURRENCY = "CurrencyIsoCode picklist 3 Currency ISO Code"
OWNER = "OwnerId reference User Owner ID|n"
