"""Folders of exported tables, played as an org or a portal; what is wrong with a file is said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests
from simple_salesforce import Salesforce

from sandbox import connection
from sandbox.context import Context
from sandbox.exported import ExportError, load_hubspot, load_salesforce
from sandbox.salesforce.instants import to_milliseconds
from sandbox.store import Store
from tests.sandbox.salesforce.small_org import Caller, loopback_session, token
from tests.sandbox.serving import serving

DATA = Path(__file__).parents[3] / "shared" / "data" / "salesforce_export_sfdc_assets"
ORGS = ["Account Case Contact Lead Opportunity Campaign CampaignMember Task", "gen-ai-demo"]
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the public sample data is not there")

ACCOUNT = (
    "Id,IsDeleted,Name,AnnualRevenue,Home_Phone__c,Score__c,VIP__c,Since__c,Seen__c,BillingAddress,"
    "CreatedDate,SystemModstamp,Owner.Name\r\n"
    '0015g00000A1b2C,,"Line one\nline ""two""",1500.50,0115550100,7,1,2026-01-31,'
    '2026-01-31T10:00:00Z,"{""city"": ""Recife""}",2026-01-01T00:00:00.000+0000,'
    "2026-02-01T00:00:00.000+0000,Ann\r\n"
    "0015g00000A1b2D,1,Åse,,,,,,,,2026-01-01T00:00:00.000+0000,2026-02-02T00:00:00.000+0000,\r\n"
)


def loaded(path: Path, folder: Path, **kwargs: Any) -> Store:
    store = Store(path / "exported.sqlite")
    load_salesforce(folder, store, **kwargs)
    return store


def fields_of(store: Store, entity: str) -> list[dict[str, Any]]:
    rows = store.connection.execute(
        "select fields from sf_record where object = ? order by id", (entity,)
    )
    return [json.loads(row[0]) for row in rows]


def types_of(store: Store, entity: str) -> dict[str, str]:
    [row] = store.connection.execute("select describe from sf_object where name = ?", (entity,))
    return {field["name"]: field["type"] for field in json.loads(row[0])["fields"]}


@contextmanager
def served(path: Path) -> Iterator[str]:
    with serving(Context(path, enforce_limits=False)) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    return folder


def test_types_are_inferred_from_names_and_cells(tmp_path: Path, folder: Path) -> None:
    (folder / "Account.csv").write_text("\ufeff" + ACCOUNT, encoding="utf-8", newline="")
    with loaded(tmp_path, folder) as store:
        assert types_of(store, "Account") == {
            "Id": "id",
            "IsDeleted": "boolean",
            "Name": "string",
            "AnnualRevenue": "currency",
            "Home_Phone__c": "string",
            "Score__c": "double",
            "VIP__c": "boolean",
            "Since__c": "date",
            "Seen__c": "datetime",
            "BillingAddress": "address",
            "CreatedDate": "datetime",
            "SystemModstamp": "datetime",
        }


def test_values_are_those_of_the_file(tmp_path: Path, folder: Path) -> None:
    (folder / "Account.csv").write_text("\ufeff" + ACCOUNT, encoding="utf-8", newline="")
    with loaded(tmp_path, folder) as store:
        first, second = fields_of(store, "Account")
        assert first["Id"].startswith("0015g00000A1b2C")
        assert len(first["Id"]) == 18
        assert first["Name"] == 'Line one\nline "two"'
        assert first["AnnualRevenue"] == 1500.5
        assert first["Home_Phone__c"] == "0115550100"
        assert (first["VIP__c"], second["VIP__c"]) == (True, False)
        assert (first["IsDeleted"], second["IsDeleted"]) == (False, True)
        assert first["Seen__c"] == "2026-01-31T10:00:00.000+0000"
        assert first["BillingAddress"] == {"city": "Recife"}
        assert second["AnnualRevenue"] is None
        assert second["Name"] == "Åse"


def test_the_clock_stands_after_the_newest_stamp_unless_given(tmp_path: Path, folder: Path) -> None:
    (folder / "Account.csv").write_text(ACCOUNT, encoding="utf-8", newline="")
    with loaded(tmp_path, folder) as store:
        assert store.now() == to_milliseconds("2026-02-02T00:00:01Z")
        load_salesforce(folder, store, now=datetime(2026, 5, 1, tzinfo=UTC))
        assert store.now() == to_milliseconds("2026-05-01T00:00:00Z")


def test_ndjson_is_read_like_csv(tmp_path: Path, folder: Path) -> None:
    records = [
        {
            "attributes": {"type": "Case"},
            "Id": "5005g00000A1b2C",
            "IsClosed": True,
            "Rank__c": 1.50,
        },
        {"Id": "5005g00000A1b2D", "IsClosed": None, "Rank__c": None, "Note__c": "late column"},
    ]
    text = "\n".join(json.dumps(record) for record in records)
    (folder / "Case.ndjson").write_text(text, encoding="utf-8")
    with loaded(tmp_path, folder) as store:
        first, second = fields_of(store, "Case")
        assert (first["IsClosed"], first["Rank__c"], first["Note__c"]) == (True, 1.5, None)
        assert (second["IsClosed"], second["Rank__c"], second["Note__c"]) == (
            False,
            None,
            "late column",
        )


def test_references_point_where_their_ids_are(tmp_path: Path, folder: Path) -> None:
    (folder / "Branch__c.csv").write_text("Id,Name\na005g00000A1b2C,North\n", encoding="utf-8")
    (folder / "Account.csv").write_text(
        "Id,Branch__c,OwnerId\n0015g00000A1b2C,a005g00000A1b2C,0055g00000A1b2C\n", encoding="utf-8"
    )
    with loaded(tmp_path, folder) as store:
        [row] = store.connection.execute("select describe from sf_object where name = 'Account'")
        by_name = {field["name"]: field for field in json.loads(row[0])["fields"]}
        assert by_name["Branch__c"]["referenceTo"] == ["Branch__c"]
        assert by_name["Branch__c"]["relationshipName"] == "Branch__r"
        assert by_name["OwnerId"]["referenceTo"] == ["User"]
    with served(tmp_path / "exported.sqlite") as url:
        answer = Caller(url).query("SELECT Branch__r.Name FROM Account").json()
        assert answer["records"][0]["Branch__r"]["Name"] == "North"


@pytest.mark.parametrize(
    "declared",
    [
        {"Account": {"Score__c": "string"}},
        {"Account": {"fields": [{"name": "Score__c", "type": "string", "length": 9}]}},
    ],
)
def test_declared_types_win(tmp_path: Path, folder: Path, declared: dict[str, Any]) -> None:
    (folder / "Account.csv").write_text(ACCOUNT, encoding="utf-8", newline="")
    (folder / "describe.json").write_text(json.dumps(declared), encoding="utf-8")
    with loaded(tmp_path, folder) as store:
        assert types_of(store, "Account")["Score__c"] == "string"
        assert types_of(store, "Account")["AnnualRevenue"] == "currency"
        assert fields_of(store, "Account")[0]["Score__c"] == "7"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Name\nx\n", r"Account\.csv, line 1: there is no column Id"),
        (b"Id\nx1\n", r"Account\.csv, line 2: Id must be a record id"),
        (b"", r"Account\.csv is empty"),
        (b"Id,Id\n", r"line 1: two columns are called 'Id'"),
        (b"Id,Name\n0015g00000A1b2C\n", r"line 2: 1 cells under 2 headings"),
        (b'Id,Name\n0015g00000A1b2C,"a\n', r"line \d: unexpected end of data"),
        ("Id,Name\n0015g00000A1b2C,Åse\n".encode("latin-1"), r"line 2: byte 0xc5 is not UTF-8"),
        ("Id,Name\n".encode("utf-16"), r"Account\.csv is UTF-16"),
        (
            b'Id,Name\n0015g00000A1b2C,"a\nb"\n0015g00000A1b2D,b\n0015g00000A1b2C,c\n',
            r"line 5: Id 0015g00000A1b2C\w{3} stands on line 2 too",
        ),
        (
            b"Id,SystemModstamp\n0015g00000A1b2C,\n",
            r"line 2: the row has no instant of change",
        ),
        (
            b"Id,SystemModstamp\n0015g00000A1b2C,yesterday\n",
            r"line 2: SystemModstamp, LastModifiedDate, CreatedDate must be instants",
        ),
    ],
)
def test_a_bad_file_is_named_with_its_line(
    tmp_path: Path, folder: Path, content: bytes, message: str
) -> None:
    (folder / "Account.csv").write_bytes(content)
    with pytest.raises(ExportError, match=message):
        loaded(tmp_path, folder)


def test_a_cell_must_fit_its_declared_type(tmp_path: Path, folder: Path) -> None:
    (folder / "Account.csv").write_text("Id,Rank__c\n0015g00000A1b2C,high\n", encoding="utf-8")
    (folder / "describe.json").write_text('{"Account": {"Rank__c": "double"}}', encoding="utf-8")
    with pytest.raises(
        ExportError, match=r"line 2: column Rank__c holds a value that is no double"
    ):
        loaded(tmp_path, folder)


def test_a_broken_line_of_ndjson_is_named(tmp_path: Path, folder: Path) -> None:
    (folder / "Case.ndjson").write_text('{"Id": "5005g00000A1b2C"}\n{"Id":\n', encoding="utf-8")
    with pytest.raises(ExportError, match=r"Case\.ndjson, line 2: no valid JSON"):
        loaded(tmp_path, folder)


def test_a_folder_without_tables_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ExportError, match=r"no \.csv or \.ndjson"):
        loaded(tmp_path, folder)


@needs_data
@pytest.mark.parametrize("org", [DATA, DATA / "gen-ai-demo"], ids=["assets", "gen-ai-demo"])
def test_a_real_export_answers_the_counts_and_sums_of_its_files(tmp_path: Path, org: Path) -> None:
    loaded(tmp_path, org).close()
    with served(tmp_path / "exported.sqlite") as url:
        client = Salesforce(
            instance_url=url,
            session_id=token(url),
            session=loopback_session(url),
            version="66.0",
            parse_float=Decimal,
        )
        for path in sorted(org.glob("*.csv")):
            plain = duckdb.sql(f"select * from read_csv('{path}', all_varchar = true)")
            found = client.query_all(f"SELECT Id FROM {path.stem}")
            assert found["totalSize"] == len(plain), path.name
        [total] = duckdb.sql(
            f"select sum(Amount::decimal(18, 2)), count(*) filter (where IsWon = '1') "
            f"from read_csv('{org / 'Opportunity.csv'}', all_varchar = true)"
        ).fetchall()
        deals = client.query_all("SELECT Amount, IsWon FROM Opportunity")["records"]
        assert sum(Decimal(deal["Amount"] or 0) for deal in deals) == total[0]
        assert sum(deal["IsWon"] for deal in deals) == total[1]


@needs_data
def test_a_real_export_answers_every_cell_of_a_file(tmp_path: Path) -> None:
    loaded(tmp_path, DATA).close()
    text = (DATA / "Lead.csv").read_text(encoding="utf-8-sig")
    rows = {row["Id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    with served(tmp_path / "exported.sqlite") as url:
        found = Caller(url).query("SELECT Id, Company, Phone, City, CreatedDate FROM Lead").json()
    assert len(found["records"]) == len(rows)
    for record in found["records"]:
        row = rows[record.pop("Id")]
        del record["attributes"]
        assert record == {name: row[name] or None for name in record}


# --- HubSpot ---------------------------------------------------------------------------------

PORTAL = {
    "deals.csv": "id,dealname,amount,dealstage,pipeline,closedate,createdate,hs_lastmodifieddate,"
    "hs_is_closed,archived\n"
    "11,One,100.50,closedwon,default,2026-03-01T15:00:00.000Z,2026-01-01T00:00:00.000Z,"
    "2026-03-01T15:00:00.000Z,1,\n"
    "12,Two,,proposal,default,,2026-01-02T00:00:00.000Z,2026-01-03T00:00:00.000Z,,\n"
    "13,Gone,5,proposal,default,,2026-01-02T00:00:00.000Z,2026-01-04T00:00:00.000Z,,true\n",
    "contacts.ndjson": '{"id": "21", "email": "ann@sandbox.example", "createdAt": '
    '"2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"}\n',
    "deals.history.csv": "id,property,timestamp,value,sourceType\n"
    "11,dealstage,2026-01-01T00:00:00.000Z,proposal,CRM_UI\n"
    "11,dealstage,2026-03-01T15:00:00.000Z,closedwon,CRM_UI\n",
    "associations.csv": "from_type,from_id,to_type,to_id\ndeals,11,contacts,21\n",
    "owners.csv": "id,email,firstName,lastName,userId,archived\n"
    "31,bob@sandbox.example,Bob,Lee,41,\n",
}


@pytest.fixture
def portal(tmp_path: Path, folder: Path) -> Iterator[requests.Session]:
    for name, text in PORTAL.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Store(tmp_path / "exported.sqlite") as store:
        load_hubspot(folder, store)
    with served(tmp_path / "exported.sqlite") as url:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {connection.HUBSPOT_ACCESS_TOKEN}"
        session.params = {}
        session.base = url  # type: ignore[attr-defined]
        yield session
        session.close()


def ask(portal: requests.Session, path: str) -> Any:
    answer = portal.get(f"{portal.base}{path}", timeout=10)  # type: ignore[attr-defined]
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_records_of_a_portal_are_served(portal: requests.Session) -> None:
    page = ask(portal, "/crm/v3/objects/deals?properties=dealname,amount,hs_is_closed&limit=100")
    assert [deal["id"] for deal in page["results"]] == ["11", "12"]
    assert page["results"][0]["properties"]["amount"] == "100.50"
    assert page["results"][0]["properties"]["hs_is_closed"] == "true"
    assert page["results"][1]["properties"]["amount"] is None
    archived = ask(portal, "/crm/v3/objects/deals?archived=true&properties=dealname")
    assert [deal["id"] for deal in archived["results"]] == ["13"]


def test_history_and_links_of_a_portal_are_served(portal: requests.Session) -> None:
    deal = ask(portal, "/crm/v3/objects/deals/11?propertiesWithHistory=dealstage")
    values = [entry["value"] for entry in deal["propertiesWithHistory"]["dealstage"]]
    assert values == ["closedwon", "proposal"]
    links = ask(portal, "/crm/v4/objects/contacts/21/associations/deals")
    assert [link["toObjectId"] for link in links["results"]] == [11]
    assert links["results"][0]["associationTypes"][0]["typeId"] == 4


def test_settings_of_a_portal_are_served(portal: requests.Session) -> None:
    [owner] = ask(portal, "/crm/v3/owners?limit=100")["results"]
    assert (owner["id"], owner["userId"], owner["email"]) == ("31", 41, "bob@sandbox.example")
    [pipeline] = ask(portal, "/crm/v3/pipelines/deals")["results"]
    closed = {one["id"]: one["metadata"]["isClosed"] for one in pipeline["stages"]}
    assert closed == {"closedwon": "true", "proposal": "false"}
    types = {one["name"]: one["type"] for one in ask(portal, "/crm/v3/properties/deals")["results"]}
    assert (types["amount"], types["hs_is_closed"], types["dealname"]) == (
        "number",
        "bool",
        "string",
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gizmos.csv", "id\n1\n", r"gizmos\.csv: HubSpot has no object called 'gizmos'"),
        ("deals.csv", "dealname\nx\n", r"deals\.csv, line 1: there is no column id"),
        ("deals.csv", "id\nx\n", r"deals\.csv, line 2: a record id must be a whole number"),
        ("deals.csv", "id\n1\n1\n", r"deals\.csv, line 3: id 1 stands on line 2 too"),
        (
            "deals.csv",
            "id,createdate\n1,soon\n",
            r"deals\.csv, line 2: createdate must be an instant",
        ),
        ("deals.history.csv", "id\n1\n", r"line 1: the columns property, timestamp, value are"),
        (
            "associations.csv",
            "from_type,from_id,to_type,to_id\ndeals,1,goal_targets,2\n",
            r"line 2: a link from deals to goal_targets needs its type_id",
        ),
    ],
)
def test_a_bad_table_of_a_portal_is_named_with_its_line(
    tmp_path: Path, folder: Path, name: str, content: str, message: str
) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with Store(tmp_path / "exported.sqlite") as store, pytest.raises(ExportError, match=message):
        load_hubspot(folder, store)
