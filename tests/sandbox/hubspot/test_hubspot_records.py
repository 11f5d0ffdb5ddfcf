"""Lists, single records and batches, down to the shape of a value."""

from __future__ import annotations

import pytest

from tests.sandbox.hubspot.portal import NOW, PROBABILITY, deal_id, put, record
from tests.sandbox.hubspot.served import Served

VERSIONS = ("2025-09", "2026-03", "2026-09")
FIRST = str(deal_id(0))
IDS = sorted(deal_id(n) for n in range(60))


@pytest.mark.parametrize(
    "path",
    [
        "/crm/v3/objects/deals",
        "/crm/v3/objects/0-3",
        "/crm/v3/objects/Deal",
        *(f"/crm/objects/{version}/deals" for version in VERSIONS),
        "/crm/objects/2026-03/0-3/",
    ],
)
def test_every_form_of_the_path_lists_the_same_deals(shared: Served, path: str) -> None:
    ids = [row["id"] for row in shared.get(path, limit=100).json()["results"]]

    assert ids == [str(id) for id in IDS]


@pytest.mark.parametrize("path", ["/crm/v2/objects/deals", "/crm/objects/2024-01/deals"])
def test_an_unknown_version_is_not_found(shared: Served, path: str) -> None:
    assert shared.get(path).status_code == 404


def test_pages_by_ten_and_leaves_paging_out_at_the_end(shared: Served) -> None:
    first = shared.get("/crm/v3/objects/deals").json()
    last = shared.get("/crm/v3/objects/deals", after=IDS[55]).json()

    assert len(first["results"]) == 10
    assert first["paging"]["next"]["after"] == str(IDS[9] + 1)
    assert len(last["results"]) == 5
    assert "paging" not in last


def test_the_link_of_a_page_leads_to_the_next(shared: Served) -> None:
    first = shared.get("/crm/v3/objects/deals", limit=40, properties="dealname,amount").json()

    second = shared.session.get(first["paging"]["next"]["link"], timeout=10).json()

    assert [row["id"] for row in second["results"]] == [str(id) for id in IDS[40:]]
    assert set(second["results"][0]["properties"]) >= {"dealname", "amount"}


def test_a_record_made_below_the_cursor_is_missed_by_the_scan(own: Served) -> None:
    page = own.get("/crm/v3/objects/deals", limit=50).json()
    put(own.context.path, record("deals", 77, NOW, NOW, dealname="Late, small id"))

    rest = own.get("/crm/v3/objects/deals", limit=50, after=page["paging"]["next"]["after"])

    assert "77" not in {row["id"] for row in rest.json()["results"]}


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 101},
        {"limit": 0},
        {"limit": "many"},
        {"limit": 51, "propertiesWithHistory": "dealstage"},
        {"after": "x"},
    ],
)
def test_refuses_bad_paging(shared: Served, parameters: dict[str, object]) -> None:
    answer = shared.get("/crm/v3/objects/deals", **parameters)

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert answer.json()["status"] == "error"


def test_a_record_has_the_vendors_shape(shared: Served) -> None:
    answer = shared.get(f"/crm/v3/objects/deals/{FIRST}").json()

    assert answer == {
        "id": FIRST,
        "properties": {
            "amount": "0",
            "closedate": "2025-07-26T15:00:00Z",
            "createdate": "2025-07-26T15:00:00Z",
            "dealname": "Deal 0",
            "dealstage": "closedwon",
            "hs_lastmodifieddate": "2025-07-26T16:00:00.415Z",
            "hs_object_id": FIRST,
            "pipeline": "default",
        },
        "createdAt": "2025-07-26T15:00:00Z",
        "updatedAt": "2025-07-26T16:00:00.415Z",
        "archived": False,
        "url": f"https://app.hubspot.com/contacts/4242/record/0-3/{FIRST}",
    }


def test_named_properties_replace_the_default_set_in_alphabetical_order(shared: Served) -> None:
    answer = shared.get(
        f"/crm/v3/objects/deals/{FIRST}", properties="signed_on,hs_is_closed,dealname"
    )

    assert list(answer.json()["properties"]) == [
        "createdate",
        "dealname",
        "hs_is_closed",
        "hs_lastmodifieddate",
        "hs_object_id",
        "signed_on",
    ]


def test_names_may_be_repeated_instead_of_listed(shared: Served) -> None:
    answer = shared.get(f"/crm/v3/objects/deals/{FIRST}", properties=["amount", "signed_on"])

    assert set(answer.json()["properties"]) >= {"amount", "signed_on"}


def test_an_unknown_property_is_dropped_and_an_unset_one_is_null(shared: Served) -> None:
    answer = shared.get(
        f"/crm/v3/objects/deals/{deal_id(3)}", properties="amount,no_such,hs_merged_object_ids"
    )

    properties = answer.json()["properties"]
    assert "no_such" not in properties
    assert properties["amount"] is None
    assert properties["hs_merged_object_ids"] is None


def test_values_are_texts_however_odd(shared: Served) -> None:
    names = "hs_deal_stage_probability,hs_open_deal_create_date,hs_v2_time_in_current_stage"
    properties = shared.get(f"/crm/v3/objects/deals/{FIRST}", properties=names).json()["properties"]

    assert properties["hs_deal_stage_probability"] == PROBABILITY
    assert properties["hs_open_deal_create_date"] == "1743685150726"
    assert properties["hs_v2_time_in_current_stage"] == "2025-09-01T10:00:00.123Z"


def test_an_empty_text_stays_empty(shared: Served) -> None:
    answer = shared.get("/crm/v3/objects/contacts/1000", properties="company,phone,lastname")

    properties = answer.json()["properties"]
    assert (properties["company"], properties["phone"]) == ("", None)
    assert properties["lastname"] == "Souza \U0001f680"


def test_history_is_newest_first_and_cleared_values_are_empty(shared: Served) -> None:
    answer = shared.get(
        f"/crm/v3/objects/deals/{FIRST}", propertiesWithHistory="dealstage,amount,no_such"
    ).json()

    history = answer["propertiesWithHistory"]
    assert set(history) == {"dealstage", "amount"}
    assert history["dealstage"][0] == {
        "value": "closedwon",
        "timestamp": "2025-07-28T15:00:00Z",
        "sourceType": "CRM_UI",
        "sourceId": "userId:7",
        "updatedByUserId": 7,
    }
    assert history["amount"][0]["value"] == ""
    assert answer["properties"]["dealstage"] == "closedwon"


def test_archived_records_come_only_when_asked_for(shared: Served) -> None:
    archived = shared.get("/crm/v3/objects/deals", archived="true").json()["results"]

    assert [(row["id"], row["archived"]) for row in archived] == [("42", True)]
    assert archived[0]["archivedAt"] == "2025-11-02T15:00:00Z"
    assert shared.get("/crm/v3/objects/deals/42").status_code == 404
    assert shared.get("/crm/v3/objects/deals/42", archived="true").status_code == 200


def test_a_merged_away_id_answers_with_the_survivor_of_all_merges(shared: Served) -> None:
    assert shared.get("/crm/v3/objects/deals/44").json()["id"] == FIRST


@pytest.mark.parametrize("id", ["1", "46", "x", "9" * 30])
def test_a_missing_or_erased_record_is_not_found(shared: Served, id: str) -> None:
    answer = shared.get(f"/crm/v3/objects/deals/{id}")

    assert answer.status_code == 404
    assert answer.json()["category"] == "OBJECT_NOT_FOUND"


def test_finds_a_record_by_another_property(shared: Served) -> None:
    answer = shared.get("/crm/v3/objects/contacts/PERSON7@buyer.example", idProperty="email")

    assert answer.json()["id"] == "1007"


def test_an_unknown_type_cannot_be_inferred(shared: Served) -> None:
    answer = shared.get("/crm/v3/objects/spaceships")

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Unable to infer object type from")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/crm/v3/objects/deals/batch/read", 207),
        ("/crm/objects/2025-09/deals/batch/read", 207),
        ("/crm/objects/2026-03/deals/batch/read", 207),
        ("/crm/objects/2026-09/deals/batch/read", 200),
    ],
)
def test_a_batch_tells_what_it_could_not_find(shared: Served, path: str, status: int) -> None:
    inputs = [{"id": FIRST}, {"id": FIRST}, {"id": "1"}, {"id": "42"}, {"id": "44"}]

    answer = shared.post(path, {"inputs": inputs, "properties": ["dealname"]})

    body = answer.json()
    assert answer.status_code == status
    assert body["status"] == "COMPLETE"
    assert [row["id"] for row in body["results"]] == [FIRST]
    assert body["numErrors"] == 1
    assert body["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert body["errors"][0]["context"] == {"ids": ["1", "42", "44"]}


def test_a_whole_batch_has_no_errors(shared: Served) -> None:
    inputs = [{"id": str(id)} for id in reversed(IDS)]

    answer = shared.post("/crm/objects/2026-03/deals/batch/read", {"inputs": inputs})

    assert answer.status_code == 200
    assert "errors" not in answer.json()
    assert [row["id"] for row in answer.json()["results"]] == [str(id) for id in IDS]


def test_a_batch_reads_the_bin_when_asked(shared: Served) -> None:
    answer = shared.post(
        "/crm/v3/objects/deals/batch/read?archived=true", {"inputs": [{"id": "42"}]}
    )

    assert [row["id"] for row in answer.json()["results"]] == ["42"]


def test_a_batch_finds_contacts_by_email(shared: Served) -> None:
    body = {"inputs": [{"id": "person5@buyer.example"}], "idProperty": "email"}

    answer = shared.post("/crm/v3/objects/contacts/batch/read", body)

    assert [row["id"] for row in answer.json()["results"]] == ["1005"]


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": [{"id": str(n)} for n in range(101)]},
        {"inputs": [{"id": str(n)} for n in range(51)], "propertiesWithHistory": ["dealstage"]},
        {"inputs": []},
        {},
        [],
    ],
)
def test_refuses_bad_batches(shared: Served, body: object) -> None:
    answer = shared.post("/crm/v3/objects/deals/batch/read", body)

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


def test_fifty_inputs_may_ask_for_history(shared: Served) -> None:
    body = {"inputs": [{"id": str(id)} for id in IDS[:50]], "propertiesWithHistory": ["dealstage"]}

    results = shared.post("/crm/v3/objects/deals/batch/read", body).json()["results"]

    assert all(set(row["propertiesWithHistory"]) == {"dealstage"} for row in results)


def test_a_url_beyond_the_border_is_refused_by_the_edge(shared: Served) -> None:
    answer = shared.get("/crm/v3/objects/deals", properties="x" * 16_200)

    assert answer.status_code == 414
    assert "414 Request-URI Too Large" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
