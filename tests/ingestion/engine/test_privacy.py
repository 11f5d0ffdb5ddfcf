"""What field rules do to plans and to the bodies of pages."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ingestion.engine.fields import fields
from ingestion.engine.parse import CONTEXT, STAR
from ingestion.engine.privacy import LEFT_OUT, planned, screened
from ingestion.engine.rules import EntityRules, Personal, Rules
from ingestion.model import (
    Connection,
    Entity,
    Field,
    Format,
    Page,
    Plan,
    Pull,
    Reading,
    Source,
    Table,
    Tells,
    Value,
)

KEY = b"a key of some length"
PEOPLE = Table(
    "people",
    ("id",),
    fields("id email! name! phone! stage amount:number updatedAt:instant merged archived:boolean"),
    changed_at=("updatedAt",),
    deleted="archived",
    absorbed="merged",
)
HISTORY = Table("history", ("kind", "id", "field", "at"), fields("kind id field at value"), parent=("kind", "id"))  # fmt: skip
STAFF = Table("staff", ("id",), fields("id mail boss teams"))
CHANGES = Table(
    "changes", ("Id",), fields("Id Field Old New"), tells=Tells("people", "Field", ("Old", "New"))
)
PLAN = Plan(fields("email! name! phone! stage amount:number merged other!"))


def _record(kind: str) -> tuple[Reading, ...]:
    return (
        Reading(
            kind,
            "people",
            "results[]",
            {name: Value(0, (name,)) for name in ("id", "updatedAt", "archived")},
            fields_at=("properties",),
        ),
        Reading(
            kind,
            "history",
            "results[].past.*[]",
            {
                "kind": Value(CONTEXT, ("kind",)),
                "id": Value(0, ("id",)),
                "field": Value(STAR),
                "at": Value(1, ("at",)),
                "value": Value(1, ("value",)),
            },
            star="history",
        ),
    )


def _entity(name: str, tables: tuple[Table, ...], readings: tuple[Reading, ...]) -> Entity:
    def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
        raise AssertionError("replaced by the test")

    return Entity(name, tables, readings, lambda pull: PLAN, extract)


LEADS = Table("leads", ("id",), fields("id title! stage"))
MAILS = Table("mails", ("id", "kind"), fields("id mail! kind"), parent=("id",))
# Everything comes whether asked for or not; two lists stand in a record, one of them unknown.
UNASKED = (
    Reading(
        "json",
        "leads",
        "data[]",
        {name: Value(0, (name,)) for name in ("id", "title", "stage")},
        fields_at=("own",),
    ),
    Reading(
        "json",
        "mails",
        "data[].mails[]",
        {"id": Value(0, ("id",)), "mail": Value(1, ("value",)), "kind": Value(1, ("kind",))},
    ),
)
LOG = Table(
    "log",
    ("id", "at"),
    fields("id at field old"),
    parent=("id",),
    tells=Tells("people", "field", ("old",)),
)
LOGGED = Reading(
    "json",
    "log",
    "deals[].log[]",
    {"id": Value(0, ("id",)), **{name: Value(1, (name,)) for name in ("at", "field", "old")}},
)

SOURCE = Source(
    "toy",
    {
        "leads": _entity("leads", (LEADS, MAILS), UNASKED),
        "log": _entity("log", (LOG,), (LOGGED,)),
        "people": _entity("people", (PEOPLE, HISTORY), _record("json")),
        "staff": _entity(
            "staff",
            (STAFF,),
            (
                Reading(
                    "json",
                    "staff",
                    "results[]",
                    {
                        "id": Value(0, ("id",)),
                        "mail": Value(0, ("contact", "mail")),
                        "boss": Value(0, ("boss",)),
                        "teams": Value(0, ("teams",), is_list=True),
                    },
                ),
            ),
        ),
        "changes": _entity(
            "changes", (CHANGES,), (Reading("json", "changes", "records[]", {}, fields_at=()),)
        ),
    },
    missing=lambda settings: None,
    connect=lambda settings: Connection(lambda: None, None, ""),  # type: ignore[arg-type, return-value]
)


def _rules(**rules: EntityRules) -> Rules:
    return Rules(entities=rules, key=KEY)


def _pull(entity: Entity, mode: str = "full") -> Pull:
    return Pull(None, None, {}, entity, mode, None)  # type: ignore[arg-type]


def _through(
    name: str,
    rules: Rules,
    body: Any,
    *,
    plan: Plan = PLAN,
    form: Format = "json",
) -> tuple[Any, Plan]:
    """What becomes of a page, and the plan it was asked with."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    page = Page("json", raw, 1, format=form, context={"kind": name})
    entity = replace(
        SOURCE.entities[name], plan=lambda pull: plan, extract=lambda pull, plan: iter([page])
    )
    passed = screened(SOURCE, entity, rules)
    pull = _pull(passed)
    asked = passed.plan(pull)
    (found,) = passed.extract(pull, asked)
    return (found.body if form == "csv" else json.loads(found.body)), asked


def _hash(text: str) -> str:
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


def _person(**properties: Any) -> dict[str, Any]:
    return {"results": [{"id": "1", "updatedAt": "now", "properties": properties, "url": "x"}]}


def _properties(rules: EntityRules, **properties: Any) -> dict[str, Any]:
    body, _ = _through("people", _rules(people=rules), _person(**properties))
    found: dict[str, Any] = body["results"][0]["properties"]
    return found


def test_without_rules_the_entity_is_itself() -> None:
    for entity in SOURCE.entities.values():
        assert screened(SOURCE, entity, Rules()) is entity
        assert screened(SOURCE, entity, Rules(key=KEY)) is entity


def test_personal_fields_are_not_asked_for_where_they_are_dropped() -> None:
    plan = planned(PLAN, SOURCE.entities["people"], EntityRules("drop"))
    assert [field.name for field in plan.fields] == ["stage", "amount", "merged"]
    assert plan.absent == dict.fromkeys(("email", "name", "phone", "other"), LEFT_OUT)
    assert plan.hashed == ()


def test_hashed_fields_are_asked_for_and_become_text() -> None:
    rules = EntityRules(hash=frozenset({"amount"}), exclude=frozenset({"stage"}))
    plan = planned(PLAN, SOURCE.entities["people"], rules)
    assert plan.hashed == ("amount",)
    assert Field("amount") in plan.fields
    assert "stage" not in {field.name for field in plan.fields}


def test_what_the_engine_needs_lands_whatever_is_included() -> None:
    rules = EntityRules(include=frozenset({"stage"}))
    plan = planned(PLAN, SOURCE.entities["people"], rules)
    assert [field.name for field in plan.fields] == ["stage", "merged"]


def test_the_history_of_a_field_that_is_left_out_is_not_asked_for() -> None:
    plan = replace(PLAN, stars={"history": ("stage", "amount"), "links": ("deals",)})
    found = planned(plan, SOURCE.entities["people"], EntityRules(exclude=frozenset({"stage"})))
    assert found.stars == {"history": ("amount",), "links": ("deals",)}


def test_fields_that_come_unasked_are_taken_out() -> None:
    assert _properties(EntityRules("drop"), stage="a", email="x@y.example", late="z") == {
        "stage": "a"
    }


def test_earlier_values_of_a_hashed_field_are_hashed() -> None:
    plan = replace(PLAN, stars={"history": ("name", "stage")})
    person = _person(name="Ana Souza", stage="a")
    person["results"][0]["past"] = {
        "name": [{"at": "2", "value": "Ana Souza"}, {"at": "1", "value": "Ana Lima"}],
        "stage": [{"at": "1", "value": "a"}],
    }
    rules = _rules(people=EntityRules("hash"))
    body, _ = _through("people", rules, person, plan=plan)
    past = body["results"][0]["past"]
    assert [one["value"] for one in past["name"]] == [_hash("Ana Souza"), _hash("Ana Lima")]
    assert past["stage"] == [{"at": "1", "value": "a"}]
    assert body["results"][0]["properties"]["name"] == _hash("Ana Souza")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", ""),
        (" Ana ", _hash("Ana")),
        ("Ana@Acme.Example ", _hash("ana@acme.example") + "@acme.example"),
        (
            "ana@acme.example; Bo@x.example",
            f"{_hash('ana@acme.example')}@acme.example;{_hash('bo@x.example')}@x.example",
        ),
        ("ana@acme.example, see below", _hash("ana@acme.example, see below")),
        ("+55 (11) 91234-5678", _hash("5511912345678")),
        ("(11) 91234.5678", _hash("11912345678")),
        ("5511912345678", _hash("5511912345678")),
        ("12 34", _hash("12 34")),
        (True, True),
        ("true", "true"),
        (5, _hash("5")),
        ("5.0", _hash("5")),
        (12.5, _hash("12.5")),
        (["Ana", {"value": "Bo"}], [_hash("Ana"), {"value": _hash("Bo")}]),
        ({"street": "Main 1", "city": None}, {"street": _hash("Main 1"), "city": None}),
    ],
)
def test_one_value_has_one_hash(value: object, expected: object) -> None:
    assert _properties(EntityRules("hash"), name=value)["name"] == expected


def test_another_key_gives_another_hash() -> None:
    rules = EntityRules("hash")
    one, other = (
        _through("people", Rules("hash", {"people": rules}, key), _person(name="Ana"))[0]
        for key in (KEY, b"another key of some length")
    )
    assert one != other


def test_numbers_that_stay_are_not_bent() -> None:
    body = b'{"results": [{"id": "1", "properties": {"amount": 1234567890123456789.1234567890}}]}'
    page = Page("json", body, 1)
    rules = _rules(people=EntityRules("drop"))
    entity = replace(SOURCE.entities["people"], extract=lambda pull, plan: iter([page]))
    passed = screened(SOURCE, entity, rules)
    (found,) = passed.extract(_pull(passed), passed.plan(_pull(passed)))
    assert b"1234567890123456789.1234567890" in found.body


def test_columns_that_stand_elsewhere_are_reached_by_name_alone() -> None:
    staff = {
        "results": [{"id": "1", "contact": {"mail": "a@b.example"}, "boss": "Bo", "teams": []}]
    }
    untouched, _ = _through("staff", Rules("hash", key=KEY), staff)
    assert untouched == staff
    rules = _rules(staff=EntityRules(hash=frozenset({"mail"}), exclude=frozenset({"boss"})))
    body, _ = _through("staff", rules, staff)
    assert body["results"][0] == {
        "id": "1",
        "contact": {"mail": _hash("a@b.example") + "@b.example"},
        "boss": None,
        "teams": [],
    }


@pytest.mark.parametrize(
    ("personal", "title", "mail"),
    [("drop", None, None), ("hash", _hash("Ana's"), _hash("a@b.example") + "@b.example")],
)
def test_what_comes_unasked_beside_the_fields_is_screened_as_well(
    personal: Personal, title: str | None, mail: str | None
) -> None:
    lead = {
        "id": "1",
        "title": "Ana's",
        "stage": "new",
        "own": {"size": 1, "name": "Ana"},
        "mails": [{"value": "a@b.example", "kind": "work"}],
        "picture": "ana.png",
    }
    rules = Rules(personal, key=KEY)
    body, _ = _through("leads", rules, {"data": [lead]}, plan=Plan(fields("size:number name!")))
    (found,) = body["data"]
    name = found["own"].pop("name", None)
    assert name == (None if personal == "drop" else _hash("Ana"))
    assert found == {
        "id": "1",
        "title": title,
        "stage": "new",
        "own": {"size": 1},
        "mails": [{"value": mail, "kind": "work"}],
    }


def test_a_log_below_a_record_keeps_the_rules_too() -> None:
    log = [{"at": "1", "field": "name", "old": "Ana"}, {"at": "2", "field": "stage", "old": "new"}]
    page = {"deals": [{"id": "1", "log": log}]}
    body, _ = _through("log", _rules(people=EntityRules("drop")), page)
    assert [row["old"] for row in body["deals"][0]["log"]] == [None, "new"]


CHANGED = Plan(fields("Id Field Old New"))


@pytest.mark.parametrize(
    ("rules", "row", "expected"),
    [
        (EntityRules("drop"), ("name", "Ana", "Bo"), (None, None)),
        (EntityRules("hash"), ("name", "Ana", "Bo"), (_hash("Ana"), _hash("Bo"))),
        (EntityRules("hash"), ("stage", "new", "won"), ("new", "won")),
        (EntityRules(exclude=frozenset({"stage"})), ("Stage", "new", "won"), (None, None)),
        # Nothing is known of this field, but it holds an address.
        (EntityRules("drop"), ("own", "write to a@b.example", "x"), (None, "x")),
        (EntityRules("hash", keep=frozenset({"own"})), ("own", "a@b.example", "x"), ("a@b.example", "x")),
    ],
)  # fmt: skip
def test_a_table_of_changes_keeps_the_rules_of_what_it_tells(
    rules: EntityRules, row: tuple[str, str, str], expected: tuple[str | None, str | None]
) -> None:
    field, old, new = row
    record = {"Id": "1", "Field": field, "Old": old, "New": new}
    body, _ = _through("changes", _rules(people=rules), {"records": [record]}, plan=CHANGED)
    assert (body["records"][0]["Old"], body["records"][0]["New"]) == expected
    table = f'"Id","Field","Old","New"\n"1","{field}","{old}","{new}"\n'.encode()
    text, _ = _through("changes", _rules(people=rules), table, plan=CHANGED, form="csv")
    (line,) = csv.DictReader(io.StringIO(text.decode()))
    assert (line["Old"], line["New"]) == tuple(value or "" for value in expected)


def test_a_table_of_values_has_the_hashes_that_json_has() -> None:
    table = b'"id","email","name","amount"\n"1","Ana@Acme.example","a ""b""\nc","5.0"\n'
    rules = EntityRules("hash", hash=frozenset({"amount"}))
    text, _ = _through("people", _rules(people=rules), table, form="csv")
    (line,) = csv.DictReader(io.StringIO(text.decode(), newline=""))
    assert line == {
        "id": "1",
        "email": _hash("ana@acme.example") + "@acme.example",
        "name": _hash('a "b"\nc'),
        "amount": _hash("5"),
    }
    assert text.startswith(b'"id","email","name","amount"\n')


def test_pages_of_an_unfinished_pull_are_told_apart_by_the_rules_they_have_passed() -> None:
    people, changes = SOURCE.entities["people"], SOURCE.entities["changes"]
    some = _rules(people=EntityRules(exclude=frozenset({"stage"})))
    others = [
        _rules(people=EntityRules(exclude=frozenset({"name"}))),
        _rules(people=EntityRules(hash=frozenset({"stage"}))),
        Rules(entities=some.entities, key=b"another key of some length"),
    ]
    for entity in (people, changes):
        marks = []
        for rules in (some, *others, some):
            passed = screened(SOURCE, entity, rules)
            marks.append(passed.plan(_pull(passed)).screened)
        assert len(set(marks)) == 4
        assert marks[0] == marks[-1] != ""


def test_a_rule_for_a_field_that_is_not_there_is_told(caplog: pytest.LogCaptureFixture) -> None:
    rules = _rules(people=EntityRules(exclude=frozenset({"shoe_size", "stage"})))
    passed = screened(SOURCE, SOURCE.entities["people"], rules)
    with caplog.at_level(logging.WARNING):
        passed.plan(_pull(passed))
        passed.plan(_pull(passed, "sweep"))
    assert [record.getMessage() for record in caplog.records] == [
        "toy.people: a rule names shoe_size, which is no field"
    ]
