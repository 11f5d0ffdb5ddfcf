"""The portal's setup: account, people, definitions, currencies, campaigns."""

from __future__ import annotations

import pytest

from tests.sandbox.hubspot.served import Served


@pytest.mark.parametrize("path", ["/account-info/v3/details", "/account-info/2026-03/details"])
def test_account_details(shared: Served, path: str) -> None:
    answer = shared.get(path).json()

    assert (answer["portalId"], answer["timeZone"]) == (4242, "America/Sao_Paulo")
    assert answer["companyCurrency"] == "USD"


@pytest.mark.parametrize("path", ["/crm/v3/owners", "/crm/owners/2026-03", "/crm/v3/owners/"])
def test_owners_have_two_numbers(shared: Served, path: str) -> None:
    owners = shared.get(path).json()["results"]

    assert [(owner["id"], owner["userId"]) for owner in owners] == [
        ("904875188", 73074756),
        ("31", 31),
    ]


def test_owners_are_paged_and_found_by_email(shared: Served) -> None:
    first = shared.get("/crm/v3/owners", limit=1).json()
    rest = shared.get("/crm/v3/owners", limit=1, after=first["paging"]["next"]["after"]).json()
    one = shared.get("/crm/v3/owners", email="JOAO@sandbox.example").json()

    assert [owner["id"] for owner in first["results"] + rest["results"]] == ["904875188", "31"]
    assert "paging" not in rest
    assert [owner["id"] for owner in one["results"]] == ["31"]


def test_an_owner_is_found_by_either_number(shared: Served) -> None:
    by_id = shared.get("/crm/v3/owners/904875188").json()
    by_user = shared.get("/crm/v3/owners/73074756", idProperty="userId").json()

    assert by_id == by_user
    assert shared.get("/crm/v3/owners/73074756").status_code == 404


@pytest.mark.parametrize("path", ["/settings/users/2026-03", "/settings/v3/users"])
def test_users_and_teams(shared: Served, path: str) -> None:
    users = shared.get(path).json()["results"]
    teams = shared.get(f"{path}/teams").json()["results"]

    assert [(user["id"], user["primaryTeamId"]) for user in users] == [
        ("73074756", "5"),
        ("31", "5"),
    ]
    assert [team["name"] for team in teams] == ["South"]


@pytest.mark.parametrize("path", ["/crm/v3/pipelines/deals", "/crm/pipelines/2026-03/0-3"])
def test_pipelines_in_force(shared: Served, path: str) -> None:
    pipelines = shared.get(path).json()["results"]

    assert [pipeline["id"] for pipeline in pipelines] == ["default"]
    assert shared.get(f"{path}/default").json() == pipelines[0]
    assert shared.get(f"{path}/default/stages").json()["results"] == pipelines[0]["stages"]
    assert shared.get(f"{path}/nowhere").status_code == 404


def test_definitions_come_all_at_once_by_sensitivity(shared: Served) -> None:
    path = "/crm/properties/2026-03/contacts"

    plain = {each["name"] for each in shared.get(path).json()["results"]}
    secret = [
        each["name"] for each in shared.get(path, dataSensitivity="sensitive").json()["results"]
    ]
    past = [each["name"] for each in shared.get(path, archived="true").json()["results"]]

    assert "salary" not in plain
    assert (secret, past) == (["salary"], ["old_name"])
    assert shared.get(path, dataSensitivity="secret").status_code == 400


def test_one_definition_and_an_archived_one(shared: Served) -> None:
    path = "/crm/v3/properties/contacts"

    assert shared.get(f"{path}/email").json()["type"] == "string"
    assert shared.get(f"{path}/old_name").status_code == 404
    assert shared.get(f"{path}/old_name", archived="true").status_code == 200


def test_definitions_by_batch(shared: Served) -> None:
    body = {"inputs": [{"name": "email"}, {"name": "no_such"}]}

    answer = shared.post("/crm/v3/properties/contacts/batch/read", body).json()

    assert [each["name"] for each in answer["results"]] == ["email"]


@pytest.mark.parametrize("path", ["/settings/currencies/2026-03", "/settings/v3/currencies"])
def test_exchange_rates(shared: Served, path: str) -> None:
    rates = shared.get(f"{path}/exchange-rates").json()["results"]
    current = shared.get(f"{path}/exchange-rates/current").json()["results"]

    assert [rate["conversionRate"] for rate in rates] == ["0.19", "0.20"]
    assert [rate["conversionRate"] for rate in current] == ["0.20"]
    assert shared.get(f"{path}/company-currency").json() == {"currencyCode": "USD"}


def test_campaigns_show_only_what_is_asked_and_filled(shared: Served) -> None:
    path = "/marketing/campaigns/2026-03"

    bare = shared.get(path).json()
    named = shared.get(path, properties="hs_name,hs_notes", sort="-updatedAt", limit=2).json()

    assert (bare["total"], bare["results"][0]["properties"]) == (3, {})
    assert [each["properties"] for each in named["results"]] == [
        {"hs_name": "Campaign 0"},
        {"hs_name": "Campaign 1"},
    ]
    assert named["paging"]["next"]["after"] == "2"
    assert shared.get(path, properties="hs_secret").status_code == 400


def test_campaigns_by_batch_of_fifty(shared: Served) -> None:
    path = "/marketing/v3/campaigns/batch/read?properties=hs_name"
    known = "00000000-0000-4000-8000-000000000001"

    found = shared.post(path, {"inputs": [{"id": known}, {"id": known}]})
    partial = shared.post(path, {"inputs": [{"id": known}, {"id": "nobody"}]})
    over = shared.post(path, {"inputs": [{"id": str(n)} for n in range(51)]})

    assert found.status_code == 200
    assert [each["properties"] for each in found.json()["results"]] == [{"hs_name": "Campaign 1"}]
    assert (partial.status_code, over.status_code) == (207, 400)


def test_record_limits_count_live_records(shared: Served) -> None:
    answer = shared.get("/crm/limits/2026-03/records").json()

    usage = {each["objectTypeId"]: each["usage"] for each in answer["hubspotDefinedObjectTypes"]}
    assert (usage["0-1"], usage["0-3"], usage["0-5"]) == (130, 60, 0)


@pytest.mark.parametrize(
    "path",
    ["/crm/v3/schemas", "/crm-object-schemas/v3/schemas", "/crm-object-schemas/2026-03/schemas"],
)
def test_a_portal_without_custom_objects_has_no_schemas(shared: Served, path: str) -> None:
    assert shared.get(path).json() == {"results": []}
