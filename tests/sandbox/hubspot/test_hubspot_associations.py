"""Links: inline, by batch, of one record, and the labels between two types."""

from __future__ import annotations

import pytest

from tests.sandbox.hubspot.portal import both_ways, deal_id, put
from tests.sandbox.hubspot.served import Served

FIRST = str(deal_id(0))
OTHER = str(deal_id(1))


def test_inline_links_have_plural_keys_and_one_entry_per_type(shared: Served) -> None:
    answer = shared.get(
        f"/crm/v3/objects/deals/{FIRST}", associations="contacts,companies,line_items,tickets"
    )

    assert answer.json()["associations"] == {
        "contacts": {
            "results": [
                {"id": "1000", "type": "deal_to_contact"},
                {"id": "1000", "type": "decision_maker"},
            ]
        },
        "companies": {
            "results": [
                {"id": "500", "type": "deal_to_company"},
                {"id": "500", "type": "deal_to_company_unlabeled"},
                {"id": "501", "type": "deal_to_company_unlabeled"},
            ]
        },
        "line items": {
            "results": [
                {"id": "70", "type": "deal_to_line_item"},
                {"id": "71", "type": "deal_to_line_item"},
            ]
        },
    }


def test_a_record_without_links_has_no_associations_key(shared: Served) -> None:
    answer = shared.get("/crm/v3/objects/deals", limit=100, associations="contacts").json()

    linked = [row["id"] for row in answer["results"] if "associations" in row]
    assert linked == [FIRST]


def test_long_inline_lists_are_paged_and_can_be_read_on(shared: Served) -> None:
    record = shared.get("/crm/v3/objects/companies/502", associations="contacts").json()
    inline = record["associations"]["contacts"]

    rest = shared.session.get(inline["paging"]["next"]["link"], timeout=10).json()

    ids = [entry["id"] for entry in inline["results"]]
    ids += [str(entry["toObjectId"]) for entry in rest["results"]]
    assert ids == [str(1000 + n) for n in range(120)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/crm/v4/associations/deals/companies/batch/read", 500),
        ("/crm/v4/associations/0-3/0-2/batch/read", 500),
        ("/crm/associations/2026-03/deals/companies/batch/read", "500"),
    ],
)
def test_target_ids_are_numbers_in_v4_and_texts_since(
    shared: Served, path: str, expected: int | str
) -> None:
    body = shared.post(path, {"inputs": [{"id": FIRST}]}).json()

    assert body["results"][0]["from"] == {"id": FIRST}
    assert body["results"][0]["to"][0] == {
        "toObjectId": expected,
        "associationTypes": [
            {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"},
            {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None},
        ],
    }


def test_the_oldest_batch_has_a_shape_of_its_own(shared: Served) -> None:
    body = shared.post(
        "/crm/v3/associations/deals/line_items/batch/read", {"inputs": [{"id": FIRST}]}
    ).json()

    assert body["results"][0]["to"] == [
        {"id": "70", "type": "deal_to_line_item"},
        {"id": "71", "type": "deal_to_line_item"},
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/crm/v4/associations/deals/contacts/batch/read", 207),
        ("/crm/associations/2026-03/deals/contacts/batch/read", 207),
        ("/crm/associations/2026-09/deals/contacts/batch/read", 200),
    ],
)
def test_records_without_links_are_left_out_of_the_results(
    shared: Served, path: str, status: int
) -> None:
    answer = shared.post(path, {"inputs": [{"id": FIRST}, {"id": OTHER}]})

    assert answer.status_code == status
    assert [row["from"]["id"] for row in answer.json()["results"]] == [FIRST]
    assert answer.json()["numErrors"] == 1


def test_links_to_records_in_the_bin_are_not_shown(shared: Served) -> None:
    body = shared.post(
        "/crm/v4/associations/contacts/deals/batch/read", {"inputs": [{"id": "1001"}]}
    ).json()

    assert body["results"] == []


def test_a_thousand_inputs_are_taken_and_no_more(shared: Served) -> None:
    path = "/crm/associations/2026-03/deals/contacts/batch/read"

    most = shared.post(path, {"inputs": [{"id": str(n)} for n in range(1000)]})
    over = shared.post(path, {"inputs": [{"id": str(n)} for n in range(1001)]})

    assert most.status_code == 207
    assert over.status_code == 400


def test_more_links_than_a_page_are_read_on_per_record(own: Served) -> None:
    put(
        own.context.path,
        *(
            row
            for n in range(600)
            for row in both_ways(("companies", 501), ("contacts", 5000 + n), (280, 279))
        ),
    )
    path = "/crm/associations/2026-03/companies/contacts/batch/read"

    first = own.post(path, {"inputs": [{"id": "501"}]}).json()["results"][0]
    after = first["paging"]["next"]["after"]
    rest = own.post(path, {"inputs": [{"id": "501", "after": after}]}).json()["results"][0]

    ids = [int(link["toObjectId"]) for link in first["to"] + rest["to"]]
    assert len(first["to"]) == 500
    assert ids == list(range(5000, 5600))
    assert "paging" not in rest


@pytest.mark.parametrize(
    ("path", "first"),
    [
        (f"/crm/v4/objects/deals/{FIRST}/associations/companies", {"toObjectId": 500}),
        (f"/crm/objects/2026-03/deals/{FIRST}/associations/companies", {"toObjectId": "500"}),
        (f"/crm/v3/objects/deals/{FIRST}/associations/companies", {"id": "500"}),
    ],
)
def test_links_of_one_record(shared: Served, path: str, first: dict[str, object]) -> None:
    entry = shared.get(path).json()["results"][0]

    assert entry.items() >= first.items()


def test_links_of_one_record_are_paged(shared: Served) -> None:
    path = "/crm/v4/objects/companies/502/associations/contacts"

    first = shared.get(path, limit=100).json()
    rest = shared.session.get(first["paging"]["next"]["link"], timeout=10).json()

    assert (len(first["results"]), len(rest["results"])) == (100, 20)
    assert shared.get(path, limit=501).status_code == 400


def test_labels_between_two_types(shared: Served) -> None:
    answer = shared.get("/crm/associations/2026-03/deals/contacts/labels").json()

    assert answer == {
        "results": [
            {"category": "HUBSPOT_DEFINED", "typeId": 3, "label": None},
            {"category": "USER_DEFINED", "typeId": 61, "label": "Decision maker"},
        ]
    }


def test_a_new_link_leaves_the_modified_date_alone(own: Served) -> None:
    before = own.get(f"/crm/v3/objects/deals/{OTHER}").json()
    put(own.context.path, *both_ways(("deals", int(OTHER)), ("contacts", 1002), (3, 4)))

    after = own.get(f"/crm/v3/objects/deals/{OTHER}", associations="contacts").json()

    assert after.pop("associations")["contacts"]["results"] == [
        {"id": "1002", "type": "deal_to_contact"}
    ]
    assert after == before
