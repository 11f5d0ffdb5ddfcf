"""Deeds on single records of a served company."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.company import generate
from sandbox.context import Context
from tests.sandbox.serving import serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    path = tmp_path_factory.mktemp("happenings") / "company.sqlite"
    generate(path, deals=60, seed=7)
    with serving(Context(path, enforce_limits=False)) as url:
        yield url, path


def deed(url: str, **what: Any) -> requests.Response:
    return requests.post(f"{url}/_control/records", json=what, timeout=10)


def one(path: Path, query: str, *values: object) -> tuple[Any, ...]:
    with sqlite3.connect(path) as connection:
        found: tuple[Any, ...] = connection.execute(query, values).fetchone()
        return found


CONTACTS = "select {} from hs_object where type = 'contacts' and id = ?"
RECORD = "select is_deleted, purged, deleted_at is not null, fields from sf_record where id = ?"


def test_a_hubspot_record_goes_to_the_bin_comes_back_and_is_forgotten(
    served: tuple[str, Path],
) -> None:
    url, path = served
    (contact,) = one(path, "select min(id) from hs_object where type = 'contacts' and archived = 0")
    what = {"source": "hubspot", "object": "contacts", "id": str(contact)}
    state = CONTACTS.format("archived, erased, updated_at")
    before = one(path, state, contact)
    assert deed(url, **what, deed="archive").status_code == 200
    assert one(path, state, contact) == (1, 0, before[2])
    assert deed(url, **what, deed="archive").status_code == 400
    assert deed(url, **what, deed="restore").status_code == 200
    assert one(path, state, contact) == before
    assert deed(url, **what, deed="archive").status_code == 200
    assert deed(url, **what, deed="restore", stamp=True).status_code == 200
    assert one(path, state, contact)[2] > before[2]
    assert deed(url, **what, deed="erase").status_code == 200
    assert one(path, CONTACTS.format("archived, erased, properties"), contact) == (1, 1, "{}")
    assert one(
        path,
        "select count(*) from hs_association where ? in (from_id, to_id)",
        contact,
    ) == (0,)


def test_the_heir_of_a_merge_lists_the_loser_and_has_its_links(served: tuple[str, Path]) -> None:
    url, path = served
    loser, heir = (
        one(
            path,
            f"select {which}(id) from hs_object where type = 'deals' and archived = 0 and "
            "not exists (select 1 from hs_object m where m.merged_into = hs_object.id)",
        )[0]
        for which in ("min", "max")
    )
    merged = {"source": "hubspot", "object": "deals", "id": str(loser), "into": str(heir)}
    assert deed(url, **merged, deed="merge").status_code == 200
    state = "select archived, merged_into from hs_object where type = 'deals' and id = ?"
    assert one(path, state, loser) == (1, heir)
    (properties,) = one(
        path, "select properties from hs_object where type = 'deals' and id = ?", heir
    )
    assert json.loads(properties)["hs_merged_object_ids"].split(";")[-1] == str(loser)
    links = "select count(*) from hs_association where from_type = 'deals' and from_id = ?"
    assert one(path, links, loser) == (0,)
    assert one(path, links, heir)[0] > 0


def test_a_salesforce_record_is_deleted_undeleted_and_purged(served: tuple[str, Path]) -> None:
    url, path = served
    (lead,) = one(path, "select min(id) from sf_record where object = 'Contact' and not is_deleted")
    what = {"source": "salesforce", "object": "Contact", "id": lead}
    assert deed(url, **what, deed="merge", into="003000000000000AAA").status_code == 200
    *state, fields = one(path, RECORD, lead)
    assert state == [1, 0, 1]
    assert json.loads(fields)["MasterRecordId"] == "003000000000000AAA"
    assert json.loads(fields)["IsDeleted"] is True
    assert deed(url, **what, deed="undelete").status_code == 200
    *state, fields = one(path, RECORD, lead)
    assert state == [0, 0, 0]
    assert json.loads(fields)["MasterRecordId"] is None
    assert deed(url, **what, deed="hard_delete", logged=False).status_code == 200
    assert one(path, RECORD, lead)[:3] == (1, 1, 0)


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"source": "sugar", "deed": "archive"},
        {"source": "hubspot", "deed": "undelete", "object": "deals", "id": "1"},
        {"source": "hubspot", "deed": "archive", "object": "deals", "id": "1"},
        {"source": "salesforce", "deed": "delete", "object": "Contact", "id": "003"},
    ],
)
def test_a_deed_that_cannot_be_done_is_refused(
    served: tuple[str, Path], what: dict[str, str]
) -> None:
    answer = deed(served[0], **what)
    assert answer.status_code == 400
    assert answer.json()["error"]
