"""A hand-made org whose every row a test can name, and ways to reach it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from sandbox import connection
from sandbox.salesforce.instants import to_milliseconds, to_text
from sandbox.store import SalesforceRecord, Store

NOW = to_milliseconds("2026-11-03T15:00:00Z")
START = to_milliseconds("2026-10-01T00:00:00Z")
VERSION = "66.0"
ACCOUNTS = 4500
DELETED_ACCOUNT = "001000000000007AAA"
PURGED_ACCOUNT = "001000000000008AAA"
ANN = "005000000000001AAA"
BOB = "005000000000002AAA"
TRICKY = 'He said "N/A",\nמזל טוב; 🎉'

_STAMPS = [("CreatedDate", "datetime"), ("SystemModstamp", "datetime")]
_OWNER = {"relationshipName": "Owner", "referenceTo": ["Group", "User"]}
_PARENT = {"relationshipName": "Account", "referenceTo": ["Account"]}


def build(path: Path) -> None:
    with Store(path) as store:
        store.set_meta("now_ms", str(NOW))
        for name, prefix, fields, extra in _objects():
            document = {"name": name, "label": name, "keyPrefix": prefix, "fields": fields, **extra}
            store.put_describe(name, document)
        store.put(_people() + _accounts() + _opportunities() + _activities() + _settings())
        store.commit()


def account_id(number: int) -> str:
    return f"001{number:012d}AAA"


class Loopback(HTTPAdapter):
    """Carries every https request of a client to the sandbox: the client insists on its hosts."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        assert request.url is not None
        _, _, rest = request.url.removeprefix("https://").partition("/")
        request.url = f"{self._base_url}/{rest}"
        return super().send(request, *args, **kwargs)


def loopback_session(base_url: str) -> requests.Session:
    session = requests.Session()
    session.mount("https://", Loopback(base_url))
    return session


def token(base_url: str) -> str:
    answer = requests.post(
        f"{base_url}/services/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": connection.SALESFORCE_CLIENT_ID,
            "client_secret": connection.SALESFORCE_CLIENT_SECRET,
        },
        timeout=10,
    )
    return str(answer.json()["access_token"])


class Caller:
    """Plain requests with a token, for what a vendor's client hides."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token(base_url)}"

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """A path of the data API, or a whole one that begins with /services."""
        start = "" if path.startswith(("/services", "/_control")) else f"/services/data/v{VERSION}"
        return self.session.request(method, f"{self.base_url}{start}{path}", timeout=20, **kwargs)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.call("GET", path, **kwargs)

    def query(self, soql: str, *, deleted: bool = False, **kwargs: Any) -> requests.Response:
        return self.get("/queryAll" if deleted else "/query", params={"q": soql}, **kwargs)

    def ids(self, soql: str, *, deleted: bool = False) -> list[str]:
        answer = self.query(soql, deleted=deleted)
        assert answer.status_code == 200, answer.text
        return [record["Id"] for record in answer.json()["records"]]

    def settings(self, **settings: Any) -> None:
        assert self.call("POST", "/_control/salesforce", json=settings).status_code == 200


def _objects() -> list[tuple[str, str, list[dict[str, Any]], dict[str, Any]]]:
    deleted = [_field("IsDeleted", "boolean")]
    stamps = [_field(name, kind) for name, kind in _STAMPS]
    user = [_field("Name", "string"), _field("Username", "string"), _field("Email", "email")]
    account = [
        _field("Name", "string"),
        _field("OwnerId", "reference", **_OWNER),
        _field("AnnualRevenue", "currency"),
        _field("NumberOfEmployees", "int"),
        _field("Active__c", "boolean"),
        _field("BillingAddress", "address", filterable=False),
    ]
    opportunity = [
        _field("Name", "string"),
        _field("AccountId", "reference", **_PARENT),
        _field("OwnerId", "reference", **_OWNER),
        _field("StageName", "picklist"),
        _field("Amount", "currency"),
        _field("CloseDate", "date"),
        _field("Description", "textarea", length=32_000, filterable=False),
        _field("Notes__c", "textarea", length=32_000, filterable=False, custom=True),
        _field("More__c", "textarea", length=32_000, filterable=False, custom=True),
    ]
    history = [
        _field("OpportunityId", "reference", relationshipName="Opportunity", referenceTo=[]),
        _field("Field", "picklist"),
        _field("OldValue", "anyType", filterable=False),
        _field("NewValue", "anyType", filterable=False),
        _field("CreatedDate", "datetime"),
    ]
    task = [_field("Subject", "combobox"), _field("IsArchived", "boolean")]
    currency = [_field("IsoCode", "picklist"), _field("IsActive", "boolean")]
    key = [_field("Id", "id")]
    return [
        ("User", "005", key + user + stamps, {}),
        ("Account", "001", key + deleted + account + stamps, {}),
        ("Opportunity", "006", key + deleted + opportunity + stamps, {}),
        ("OpportunityFieldHistory", "017", key + deleted + history, {}),
        ("Task", "00T", key + deleted + task + stamps, {}),
        ("CurrencyType", "01L", key + currency + stamps, {}),
        ("OpportunityStage", "01J", [*key, _field("ApiName", "string")], {"replicateable": False}),
    ]


def _field(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "label": name, "length": 255, **more}


def _record(entity: str, key: str, at: int, *, deleted_at: int | None = None, **fields: Any):
    return SalesforceRecord(
        object=entity,
        id=key,
        created_at=at,
        stamp=deleted_at or at,
        is_deleted=int(deleted_at is not None),
        deleted_at=deleted_at,
        purged=0,
        fields=json.dumps(
            {
                "Id": key,
                "IsDeleted": deleted_at is not None,
                "CreatedDate": to_text(at),
                "SystemModstamp": to_text(deleted_at or at),
                **fields,
            }
        ),
    )


def _people() -> list[SalesforceRecord]:
    return [
        _record(
            "User", ANN, START, Name="Ann Lee", Username=connection.SALESFORCE_USERNAME,
            Email="ann@sandbox.example",
        ),
        _record("User", BOB, START, Name="Bob O'Neil", Username="bob@sandbox.example"),
    ]  # fmt: skip


def _accounts() -> list[SalesforceRecord]:
    """A second apart each, names repeat in case, every fifth has no name."""
    found = []
    for number in range(ACCOUNTS):
        key = account_id(number)
        record = _record(
            "Account",
            key,
            START + number * 1000,
            deleted_at=NOW - 3_600_000 if key == DELETED_ACCOUNT else None,
            Name=None if number % 5 == 0 else f"{'acme' if number % 2 else 'Acme'} {number}",
            OwnerId=[ANN, BOB, None][number % 3],
            AnnualRevenue=None if number % 4 == 0 else number * 10_000,
            NumberOfEmployees=number,
            Active__c=number % 2 == 1,
            BillingAddress={"city": "Recife", "country": "BR"},
        )
        if key == PURGED_ACCOUNT:
            record = record._replace(purged=1, is_deleted=1, deleted_at=NOW - 3_600_000)
        found.append(record)
    return found


def _opportunities() -> list[SalesforceRecord]:
    return [
        _record(
            "Opportunity",
            f"006{number:012d}AAA",
            START + number * 1000,
            Name=f"Deal {number}",
            AccountId=account_id(number + 1),
            OwnerId=ANN,
            StageName=["Closed Won", "Prospecting", "Closed Lost"][number % 3],
            Amount=[1234.56, 91226003.1, None, -5.0][number % 4],
            CloseDate=f"2026-{number % 9 + 1:02d}-15",
            Description=TRICKY if number == 0 else None,
            Notes__c="NUL\x00here" if number == 0 else "N/A",
            More__c=None,
        )
        for number in range(2100)
    ]


def _activities() -> list[SalesforceRecord]:
    return [
        _record("Task", "00T000000000001AAA", START, Subject="Call", IsArchived=False),
        _record("Task", "00T000000000002AAA", START, Subject="Old call", IsArchived=True),
        _record("OpportunityFieldHistory", "017000000000001AAA", START, Field="StageName",
                OpportunityId="006000000000001AAA", OldValue="a", NewValue="b"),
    ]  # fmt: skip


def _settings() -> list[SalesforceRecord]:
    late = NOW - 7_200_000
    return [
        _record("CurrencyType", "01L000000000001AAA", START, IsoCode="USD", IsActive=True),
        _record("CurrencyType", "01L000000000002AAA", late, IsoCode="MXN", IsActive=False),
        _record("OpportunityStage", "01J000000000001AAA", START, ApiName="Closed Won"),
    ]
