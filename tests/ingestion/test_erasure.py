"""Who was erased at the vendor leaves no byte here: not in raw, not in landing, not in the file."""

from __future__ import annotations

import gzip
import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.engine import erase as erasing
from ingestion.engine import forget
from ingestion.engine.landing import folders, read_manifest, verify
from ingestion.run import Home, erase, load, rebuild
from tests.ingestion.conftest import Served, contents, pull
from tests.ingestion.test_deletions import deed, raw

Serve = Callable[[Path], Served]
# Of no other person in the company: what is looked for byte by byte.
FIRST, LAST = "Quenevere", "Zwischenahnen"
EMAIL, PHONE = "quenevere.zwischenahnen@vergissmich.example", "+1 555-0142-7731"
TRACES = [text.encode() for text in (FIRST, LAST, EMAIL, PHONE)]
OURS = ("contacts", "notes", "emails", "deals")


def plant_in_hubspot(store: Path) -> dict[str, str]:
    """Give a contact traces that nobody else has; a note of theirs alone, an email shared with a
    deal that names them, and one that does not."""
    with sqlite3.connect(store) as connection:
        (contact,) = connection.execute(
            "select o.id from hs_object o where type = 'contacts' and archived = 0 and "
            "(select count(*) from hs_association a where a.to_type = 'contacts' and "
            "a.to_id = o.id and a.from_type = 'emails') >= 2 and (select count(*) from "
            "hs_association a where a.to_type = 'contacts' and a.to_id = o.id and "
            "a.from_type = 'notes') >= 1 order by id limit 1"
        ).fetchone()
        set_properties(
            connection, "contacts", contact,
            firstname=FIRST, lastname=LAST, email=EMAIL, phone=PHONE,
        )  # fmt: skip
        said = connection.execute(
            "select from_id from hs_association where to_type = 'contacts' and to_id = ? "
            "and from_type = 'emails' order by from_id limit 2",
            [contact],
        ).fetchall()
        (note,) = connection.execute(
            "select from_id from hs_association where to_type = 'contacts' and to_id = ? "
            "and from_type = 'notes' limit 1",
            [contact],
        ).fetchone()
        named, unnamed = (identity for (identity,) in said)
        set_properties(connection, "emails", named, hs_email_text=f"Dear {FIRST}, the offer")
        set_properties(connection, "emails", unnamed, hs_email_text="The price list of May")
        set_properties(connection, "notes", note, hs_note_body=f"Call {LAST} at {PHONE}")
        for own, other in (("from", "to"), ("to", "from")):
            connection.execute(
                f"delete from hs_association where {own}_type = 'notes' and {own}_id = ? "
                f"and {other}_type <> 'contacts'",
                [note],
            )
    return {
        "contact": str(contact),
        "note": str(note),
        "named": str(named),
        "unnamed": str(unnamed),
    }


def set_properties(connection: sqlite3.Connection, kind: str, id: int, **values: str) -> None:
    for name, value in values.items():
        connection.execute(
            f"update hs_object set properties = json_set(properties, '$.{name}', ?) "
            "where type = ? and id = ?",
            [value, kind, id],
        )


def places(home: Home) -> list[str]:
    """Files below the home in which a trace stands, packed or not."""
    found = []
    for path in home.root.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        if any(trace in content for trace in TRACES):
            found.append(str(path.relative_to(home.root)))
    return found


def erased_at_the_vendor(served: Served, contact: str) -> None:
    deed(served, source="hubspot", object="contacts", id=contact, deed="erase")


def test_nothing_is_left_of_an_erased_hubspot_contact(
    store: Path, serve: Serve, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    planted = plant_in_hubspot(store)
    served = serve(store)
    pull(served, home, "hubspot", *OURS)
    with sqlite3.connect(store) as connection:  # a second version, in a landing of its own
        connection.execute(
            "update hs_object set updated_at = (select cast(value as integer) from meta where "
            "key = 'now_ms'), properties = json_set(json_remove(properties, '$.lastmodifieddate'), "
            "'$.jobtitle', 'Head of Forgetting') where type = 'contacts' and id = ?",
            [int(planted["contact"])],
        )
    pull(served, home, "hubspot", *OURS)
    assert any(place.startswith("landing") for place in places(home))
    assert "warehouse.duckdb" in places(home)
    stamps = f"select id, _changed_at from raw_hubspot.contacts where id = '{planted['contact']}'"
    before = raw(home, stamps)
    others = "select * from raw_hubspot.contacts where id <> '{contact}' order by id"
    untouched = raw(home, others.format(**planted))

    erased_at_the_vendor(served, planted["contact"])
    with caplog.at_level(logging.INFO):
        _, loaded = pull(served, home, "hubspot", *OURS, mode="sweep")

    assert {one.status for one in loaded} == {"loaded"}
    assert places(home) == []
    assert raw(home, stamps) == before
    assert raw(home, others.format(**planted)) == untouched
    row = raw(
        home,
        "select email, firstname, jobtitle, company, _is_deleted, _deleted_at is not null "
        f"from raw_hubspot.contacts where id = '{planted['contact']}'",
    )
    assert row == [(None, None, None, None, True, True)]
    bodies = dict(raw(home, "select id, hs_email_text from raw_hubspot.emails"))
    assert bodies[planted["named"]] is None
    assert bodies[planted["unnamed"]] == "The price list of May"
    note = f"select hs_note_body, hs_timestamp is not null from raw_hubspot.notes where id = '{planted['note']}'"
    assert raw(home, note) == [(None, True)]
    ((entity, digest, rows, files, cleaned),) = raw(
        home, "select entity, id_hash, rows, files, cleaned_at from _ingestion.erasures"
    )
    assert (entity, len(digest), rows > 0, files > 1) == ("contacts", 64, True, True)
    assert planted["contact"] not in digest
    assert cleaned is not None
    assert raw(home, "select count(*) from _ingestion.erasures_due") == [(0,)]
    assert not any(trace.decode() in caplog.text for trace in TRACES)
    assert planted["contact"] not in caplog.text
    for name in OURS:
        for folder in folders(home.landing, "hubspot", name):
            verify(folder, read_manifest(folder))
    notes = [read_manifest(f).erased for f in folders(home.landing, "hubspot", "contacts")]
    assert notes == [1, 1, 0]


def test_a_rebuild_from_what_is_left_gives_the_same_raw(
    store: Path, serve: Serve, home: Home
) -> None:
    planted = plant_in_hubspot(store)
    served = serve(store)
    pull(served, home, "hubspot", *OURS)
    erased_at_the_vendor(served, planted["contact"])
    pull(served, home, "hubspot", *OURS, mode="sweep")
    before = contents(home)
    assert {one.status for one in rebuild("hubspot", home=home)} == {"loaded"}
    assert contents(home) == before
    assert places(home) == []
    assert len(raw(home, "select * from _ingestion.erasures")) == 1


class KilledError(BaseException):
    """As if the process had been killed there."""


@pytest.mark.parametrize("step", ["_put", "_put_manifest", "_remove_strays", "_empty", "_book"])
@pytest.mark.parametrize("after", [0, 2])
def test_killed_at_any_step_the_next_load_ends_it(
    store: Path,
    serve: Serve,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    after: int,
) -> None:
    planted = plant_in_hubspot(store)
    served = serve(store)
    pull(served, home, "hubspot", "contacts", "emails", "notes")
    erased_at_the_vendor(served, planted["contact"])
    module = forget if hasattr(forget, step) else erasing
    real, calls = getattr(module, step), []

    def killed(*arguments: Any, **more: Any) -> Any:
        calls.append(step)
        if len(calls) > after:
            raise KilledError
        return real(*arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(module, step, killed)
        try:
            pull(served, home, "hubspot", "contacts", "emails", "notes", mode="sweep")
        except KilledError:
            for name in ("contacts", "emails", "notes"):
                for folder in folders(home.landing, "hubspot", name):
                    verify(folder, read_manifest(folder))
        else:
            assert len(calls) <= after
    load("hubspot", ["contacts", "emails", "notes"], home=home)
    assert places(home) == []


def test_a_bulk_page_and_a_rest_page_lose_the_same(
    store: Path, serve: Serve, tmp_path: Path
) -> None:
    with sqlite3.connect(store) as connection:
        (person,) = connection.execute(
            "select json_extract(fields, '$.WhoId') from sf_record where object = 'Task' and "
            "is_deleted = 0 and json_extract(fields, '$.WhoId') like '003%' order by 1 limit 1"
        ).fetchone()
        connection.execute(
            "update sf_record set fields = json_set(fields, '$.FirstName', ?, '$.LastName', ?, "
            "'$.Name', ?, '$.Email', ?, '$.Phone', ?) where object = 'Contact' and id = ?",
            [FIRST, LAST, f"{FIRST} {LAST}", EMAIL, PHONE, person],
        )
        connection.execute(
            "update sf_record set fields = json_set(fields, '$.Subject', ?, '$.Description', ?) "
            "where object = 'Task' and json_extract(fields, '$.WhoId') = ?",
            [f"Call {FIRST}", f'"{LAST}",\n{PHONE}', person],
        )
    served = serve(store)
    homes = {"20000": Home(tmp_path / "rest"), "1": Home(tmp_path / "bulk")}
    for threshold, home in homes.items():
        served.settings["SALESFORCE_BULK_FROM_ROWS"] = threshold
        pull(served, home, "salesforce", "contacts", "tasks")
        assert places(home)
    deed(served, source="salesforce", object="Contact", id=person, deed="hard_delete")
    for threshold, home in homes.items():
        served.settings["SALESFORCE_BULK_FROM_ROWS"] = threshold
        pull(served, home, "salesforce", "contacts", "tasks", mode="sweep")
        assert places(home) == []
        rebuild("salesforce", home=home)
        assert places(home) == []
    query = "select Id, Email, LastName, _is_deleted from raw_salesforce.contacts order by Id"
    rest, bulk = (raw(home, query) for home in homes.values())
    assert rest == bulk
    assert (person, None, None, True) in rest


def test_archived_merged_and_purged_people_are_not_erased(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "contacts")
    archived, loser, heir, old = (
        identity
        for (identity,) in raw(
            home,
            "select id from raw_hubspot.contacts where not _is_deleted and email is not null "
            "order by id limit 4",
        )
    )
    contact = {"source": "hubspot", "object": "contacts"}
    deed(served, **contact, id=archived, deed="archive")
    deed(served, **contact, id=old, deed="archive")
    pull(served, home, "hubspot", "contacts")
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "update raw_hubspot.contacts set _deleted_at = _deleted_at - interval 91 day "
            f"where id = '{old}'"
        )
    deed(served, **contact, id=old, deed="purge")
    # Merged after the last pull: the sweep is the first to hear of it.
    deed(served, **contact, id=loser, into=heir, deed="merge")
    pull(served, home, "hubspot", "contacts", mode="sweep")
    found = raw(
        home,
        "select id, email is not null from raw_hubspot.contacts "
        f"where id in ('{archived}', '{loser}', '{heir}', '{old}') order by id",
    )
    assert [has_email for _, has_email in found] == [True] * 4
    assert raw(home, "select count(*) from _ingestion.erasures") == [(0,)]


def test_whom_an_heir_has_absorbed_that_raw_does_not_know_is_not_erased(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "contacts")
    query = "select id from raw_hubspot.contacts where not _is_deleted and email is not null"
    loser, heir = (identity for (identity,) in raw(home, f"{query} order by id limit 2"))
    deed(served, source="hubspot", object="contacts", id=loser, into=heir, deed="merge")
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(f"delete from raw_hubspot.contacts where id = '{heir}'")
    served.fault(path="/contacts/search", kind="status", status=404)  # without a count to warn
    pull(served, home, "hubspot", "contacts", mode="sweep")
    state = f"select _is_deleted, email is not null from raw_hubspot.contacts where id = '{loser}'"
    assert raw(home, state) == [(True, True)]
    assert raw(home, "select count(*) from _ingestion.erasures") == [(0,)]


def test_whom_an_erased_person_had_absorbed_is_forgotten_too(
    store: Path, serve: Serve, home: Home
) -> None:
    planted = plant_in_hubspot(store)
    served = serve(store)
    pull(served, home, "hubspot", "contacts")
    heir = next(
        identity
        for (identity,) in raw(
            home, "select id from raw_hubspot.contacts where not _is_deleted order by id desc"
        )
        if identity != planted["contact"]
    )
    contact = {"source": "hubspot", "object": "contacts"}
    deed(served, **contact, id=planted["contact"], into=heir, deed="merge")
    pull(served, home, "hubspot", "contacts")
    deed(served, **contact, id=heir, deed="erase")
    pull(served, home, "hubspot", "contacts", mode="sweep")
    assert places(home) == []
    assert len(raw(home, "select * from _ingestion.erasures")) >= 2


def test_many_at_once_are_a_lost_right_and_no_wish(
    store: Path, serve: Serve, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "contacts")
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update hs_object set archived = 1, erased = 1 where type = 'contacts' and id in "
            "(select id from hs_object where type = 'contacts' and archived = 0 limit 60)"
        )
    before = raw(home, "select count(email) from raw_hubspot.contacts")
    pull(served, home, "hubspot", "contacts", mode="sweep")
    assert raw(home, "select count(email) from raw_hubspot.contacts") == before
    assert "60 people have vanished at once" in caplog.text


def test_a_listing_that_the_vendor_counts_longer_erases_nobody(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "contacts")
    ((body,),) = [
        [json.dumps({"total": 10**6, "results": []})],
    ]
    served.fault(path="/contacts/search", kind="status", status=200, body=body)
    ((contact,), *_) = raw(
        home, "select id from raw_hubspot.contacts where not _is_deleted limit 1"
    )
    erased_at_the_vendor(served, contact)
    pull(served, home, "hubspot", "contacts", mode="sweep")
    assert raw(
        home,
        f"select _is_deleted, email is not null from raw_hubspot.contacts where id = '{contact}'",
    ) == [(True, True)]


def test_a_person_can_be_forgotten_by_hand(store: Path, serve: Serve, home: Home) -> None:
    planted = plant_in_hubspot(store)
    pull(serve(store), home, "hubspot", *OURS)
    assert erase("hubspot", "contacts", [planted["contact"]], home=home) >= 3
    assert places(home) == []
