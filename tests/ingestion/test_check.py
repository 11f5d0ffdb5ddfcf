"""python -m ingestion check: what a pull would read, entity by entity, before anything is pulled."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from ingestion.__main__ import main
from ingestion.check import Checked, Finding, check
from ingestion.engine.client import Client, Verdict
from ingestion.engine.errors import CredentialsError, FatalError, SkippableError
from ingestion.engine.fields import fields
from ingestion.engine.pace import Pace
from ingestion.model import (
    Connection,
    Counted,
    Entity,
    Page,
    Plan,
    Pull,
    Reading,
    Source,
    Table,
)
from ingestion.run import SOURCES, Home
from sandbox.connection import environment, oauth_environment
from tests.ingestion.conftest import CRMS, Served

Serve = Callable[[Path], Served]


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, home: Home, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("HUBSPOT_", "SALESFORCE_", "PIPEDRIVE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(home.root))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def served(company: Path, serve: Serve) -> Served:
    return serve(company)


def _configure(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], prefix: str) -> None:
    for name, value in settings.items():
        if name.startswith(prefix):
            monkeypatch.setenv(name, value)


def _by_entity(checked: Checked) -> dict[str, Finding]:
    return {finding.entity: finding for finding in checked.findings}


@pytest.mark.parametrize("source", CRMS)
def test_all_entities_of_a_whole_account_can_be_read(
    served: Served, home: Home, source: str
) -> None:
    checked = check(SOURCES[source], served.settings, home)
    assert checked.problem is None
    assert checked.can_be_read
    found = _by_entity(checked)
    assert set(SOURCES[source].entities) <= set(found)
    assert {finding.status for finding in checked.findings} == {"readable"}
    assert found["products"].rows == (None if source == "pipedrive" else 20)
    assert not home.landing.exists()


def test_it_says_whose_account_it_is(served: Served, home: Home) -> None:
    hubspot = check(SOURCES["hubspot"], served.settings, home).facts
    assert hubspot["portal"].startswith("44871302")
    assert hubspot["time zone"] == "America/Sao_Paulo"
    assert hubspot["currency"].startswith("USD (also")
    assert hubspot["API version"] == "2026-03"
    salesforce = check(SOURCES["salesforce"], served.settings, home).facts
    assert salesforce["org"].startswith("Aurora Signals, 00D")
    assert salesforce["currency"] == "USD"
    assert salesforce["signed in by"] == "client credentials"
    assert "left" in salesforce["calls"]
    assert "20% of all are kept for others" in salesforce["calls"]


def test_an_entity_costs_few_calls(served: Served, home: Home) -> None:
    requests.delete(f"{served.url}/_control/requests", timeout=5)
    checked = check(SOURCES["salesforce"], served.settings, home)
    counts = requests.get(f"{served.url}/_control/requests", timeout=5).json()
    calls = sum(counts[name] for name in counts if name.startswith(("GET /serv", "POST /serv")))
    # One count each; who we are and the describes come on top.
    assert calls <= len(checked.findings) + 15


def test_missing_scopes_are_named_beside_their_entities(served: Served, home: Home) -> None:
    withheld = ["tickets", "crm.objects.deals.read", "crm.schemas.deals.read", "oauth"]
    url = f"{served.url}/_control/scopes"
    requests.post(url, json={"withhold": withheld}, timeout=5).raise_for_status()
    checked = check(SOURCES["hubspot"], served.settings, home)
    found = _by_entity(checked)
    assert {name for name, one in found.items() if one.status != "readable"} == {"deals", "tickets"}
    assert "crm.objects.deals.read" in found["deals"].remarks[0]
    assert found["tickets"].remarks == ("the app lacks a scope: any of tickets",)
    assert checked.can_be_read


def test_what_is_left_out_inside_an_entity_is_told(served: Served, home: Home) -> None:
    withheld = ["crm.objects.deals.read", "crm.schemas.deals.read", "crm.schemas.custom.read"]
    url = f"{served.url}/_control/scopes"
    requests.post(url, json={"withhold": withheld}, timeout=5).raise_for_status()
    found = _by_entity(check(SOURCES["hubspot"], served.settings, home))
    for name in ("pipelines", "properties"):
        assert found[name].status == "readable"
        (said,) = found[name].remarks
        assert said.startswith("without those of deals: the app lacks a scope: any of crm.objects")


def test_own_objects_that_may_not_be_listed_are_told(served: Served, home: Home) -> None:
    served.fault(path="/crm-object-schemas/", kind="status", status=403)
    checked = check(SOURCES["hubspot"], served.settings, home)
    found = _by_entity(checked)["custom_objects"]
    assert found.status == "left out"
    assert "any of crm.objects.custom.read" in found.remarks[0]
    assert checked.can_be_read


def test_own_objects_of_an_org_that_nobody_has_asked_for_are_told(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    body = {"vendor": "salesforce", "deed": "add_object", "name": "Invoice__c"}
    requests.post(f"{served.url}/_control/drift", json=body, timeout=5).raise_for_status()
    checked = check(SOURCES["salesforce"], served.settings, home)
    said = "1, none of which is read (Invoice__c): see SALESFORCE_CUSTOM_OBJECTS"
    assert checked.facts["own objects"] == said
    wanted = served.settings | {"SALESFORCE_CUSTOM_OBJECTS": "all"}
    checked = check(SOURCES["salesforce"], wanted, home)
    assert "own objects" not in checked.facts
    assert _by_entity(checked)["custom_invoice__c"].status == "readable"


def test_pipedrive_says_only_what_it_knows(served: Served, home: Home) -> None:
    body = json.dumps({"success": True, "data": {"id": 1, "company_name": "Ours"}})
    served.fault(path="/v1/users/me", kind="status", status=200, body=body, after=1)
    facts = check(SOURCES["pipedrive"], served.settings, home).facts
    assert facts["company"] == "Ours"
    assert not {"time zone", "currency"} & set(facts)
    assert "None" not in str(facts)
    assert "20% of all are kept for others" in facts["API tokens"]
    assert "calls" not in facts


def test_an_account_in_which_nothing_is_granted_cannot_be_read(served: Served, home: Home) -> None:
    served.fault(path="/(crm|settings|marketing|account)", kind="status", status=403)
    checked = check(SOURCES["hubspot"], served.settings, home)
    assert {finding.status for finding in checked.findings} == {"left out"}
    assert not checked.can_be_read


def test_an_entity_that_fails_is_told_and_the_others_go_on(served: Served, home: Home) -> None:
    served.fault(path="/objects/2026-03/products", kind="status", status=400)
    served.fault(path="/properties/2026-03/quotes", kind="status", status=400)
    checked = check(SOURCES["hubspot"], served.settings, home)
    found = _by_entity(checked)
    assert found["quotes"].status == "failing"
    assert found["quotes"].remarks == ("status 400 (VALIDATION_ERROR)",)
    assert found["deals"].status == "readable"
    assert not checked.can_be_read


def test_a_day_without_calls_left_is_the_source_s_problem(served: Served, home: Home) -> None:
    served.fault(path="/crm/properties", kind="status", status=429, policy="DAILY")
    checked = check(SOURCES["hubspot"], served.settings, home)
    assert "calls for today are used up" in str(checked.problem)


def test_exit_codes_and_words(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 2
    said = capsys.readouterr()
    for source in SOURCES:
        assert f"{source}: not configured: set {source.upper()}" in said.out
    assert "nothing is configured" in said.err

    _configure(monkeypatch, environment(served.url), "SALESFORCE")
    assert main(["check"]) == 0
    said = capsys.readouterr()
    assert "hubspot: not configured" in said.out
    assert f"{len(SOURCES['salesforce'].entities)} of " in said.out
    assert said.err == ""
    assert main(["check", "hubspot"]) == 2
    capsys.readouterr()

    _configure(monkeypatch, environment(served.url), "HUBSPOT")
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-na1-of-another-account")
    assert main(["check"]) == 1
    said = capsys.readouterr()
    assert "check HUBSPOT_ACCESS_TOKEN" in said.out
    assert "Aurora Signals" in said.out
    assert said.err == "error: cannot be read as it should: hubspot\n"


@pytest.mark.parametrize("way", [environment, oauth_environment])
@pytest.mark.parametrize("fault", [None, "credentials", "records"])
def test_no_secret_is_shown(
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    way: Callable[[str], dict[str, str]],
    fault: str | None,
) -> None:
    caplog.set_level("DEBUG")
    settings = way(served.url)
    _configure(monkeypatch, settings, "")
    if fault == "credentials":
        served.fault(path="/account-info|/limits", kind="status", status=401)
    elif fault == "records":
        served.fault(path="/crm/|/query", kind="status", status=400, body=json.dumps(settings))
    main(["check"])
    said = "".join(capsys.readouterr()) + caplog.text
    for name, value in settings.items():
        if name.endswith(("TOKEN", "SECRET")):
            assert value not in said


# --- any other CRM: a description is enough -------------------------------------------------------

THINGS = Table("things", ("id",), fields("id name price:number secret_price:number updated_at"))
READINGS = (Reading("records", "things", "data[]", {}, fields_at=()),)


def _plan(pull: Pull) -> Plan:
    return Plan(fields("id name"))


def _extract(pull: Pull, plan: Plan) -> Iterator[Page]:
    yield Page("records", b"{}", 3)
    raise AssertionError("one page is enough")


def _refused(pull: Pull, plan: Plan) -> Iterator[Page]:
    raise SkippableError("GET /things: not in this plan")
    yield


def _counted(pull: Pull) -> Counted | None:
    return Counted(1234, 0, datetime.now(UTC))


def _thing(name: str, **more: object) -> Entity:
    return replace(Entity(name, (THINGS,), READINGS, _plan, _extract), **more)  # type: ignore[arg-type]


def _source(*entities: Entity, **more: object) -> Source:
    def connect(settings: object) -> Connection:
        return Connection(
            lambda: Client("http://127.0.0.1:9", judge=lambda _: Verdict("fatal"), pace=Pace()),
            datetime(2026, 11, 3, tzinfo=UTC),
            "v2",
        )

    source = Source("toy", {one.name: one for one in entities}, lambda _: None, connect)
    return replace(source, **more)  # type: ignore[arg-type]


def test_a_crm_needs_no_code_of_its_own(home: Home) -> None:
    source = _source(
        _thing("paged"),
        _thing("counted", count=_counted),
        _thing("refused", extract=_refused),
        _thing("uncounted", extract=_refused, count=lambda _: None),
        _thing("remarked", remarks=lambda _: ("look at this",)),
    )
    checked = check(source, {}, home)
    assert _by_entity(checked) == {
        "paged": Finding("paged", "readable"),
        "counted": Finding(
            "counted", "readable", 1234, ("not there or hidden: price, secret_price, updated_at",)
        ),
        "refused": Finding("refused", "left out", remarks=("not in this plan",)),
        "uncounted": Finding("uncounted", "left out", remarks=("not in this plan",)),
        "remarked": Finding("remarked", "readable", remarks=("look at this",)),
    }
    assert checked.facts == {"clock": "2026-11-03 00:00:00 UTC"}


def test_objects_of_the_account_s_own_are_checked_too(home: Home) -> None:
    source = _source(_thing("things"), discover=lambda _: ("own",), custom=_thing)
    assert set(_by_entity(check(source, {}, home))) == {"things", "own"}


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (CredentialsError("GET /x: no longer welcome"), "no longer welcome"),
        (FatalError("the key cannot be read: check KEY"), "the key cannot be read: check KEY"),
        (KeyError("ana@client.example"), "an answer has not the documented shape (KeyError)"),
    ],
)
def test_what_stops_a_source_is_one_sentence(home: Home, error: Exception, problem: str) -> None:
    def connect(settings: object) -> Connection:
        raise error

    checked = check(_source(_thing("things"), connect=connect), {}, home)
    assert checked.problem == problem
    assert not checked.can_be_read


def test_rules_for_fields_are_applied_and_told(served: Served, home: Home, tmp_path: Path) -> None:
    path = tmp_path / "fields.toml"
    path.write_text('[hubspot.contacts]\nhash = ["email"]\nexclude = ["jobtitle"]\n')
    key = {"SALES_HEARTBEAT_HASH_KEY": "0123456789abcdef"}
    settings = served.settings | {"SALES_HEARTBEAT_FIELDS": str(path)}
    remarks = _by_entity(check(SOURCES["hubspot"], settings | key, home))["contacts"].remarks
    assert "hashed by rule: email" in remarks
    assert any("jobtitle" in remark and "not asked for" in remark for remark in remarks)
    assert not any("hidden" in remark for remark in remarks)
    path.write_text("[hubspot.dreams]\n")
    assert "dreams" in str(check(SOURCES["hubspot"], settings | key, home).problem)
