"""The type of each Salesforce column: from describe.json, else known by name, else from its cells."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.exported.evidence import BOOLEANS, Evidence
from sandbox.salesforce.ids import to_18
from sandbox.salesforce.instants import to_milliseconds, to_text

# Standard fields whose type their cells may hide: a phone is all digits, an amount may be whole.
_BY_NAME = {
    "currency": "Amount AnnualRevenue ExpectedRevenue BudgetedCost ActualCost UnitPrice TotalPrice "
    "Subtotal ListPrice TotalAmount QuotaAmount PrevAmount AmountAllOpportunities "
    "AmountWonOpportunities",
    "percent": "Probability Discount ExpectedResponse DefaultProbability",
    "double": "Quantity TotalOpportunityQuantity NumberSent ConversionRate QuotaQuantity Latitude "
    "Longitude BillingLatitude BillingLongitude ShippingLatitude ShippingLongitude MailingLatitude "
    "MailingLongitude OtherLatitude OtherLongitude",
    "int": "NumberOfEmployees FiscalYear FiscalQuarter SortOrder Number ContractTerm "
    "CallDurationInSeconds DurationInMinutes DecimalPlaces NumberOfLeads NumberOfConvertedLeads "
    "NumberOfContacts NumberOfResponses NumberOfOpportunities NumberOfWonOpportunities "
    "FiscalYearStartMonth RecurrenceInterval RecurrenceDayOfWeekMask RecurrenceDayOfMonth",
    "picklist": "Type Industry StageName LeadSource ForecastCategory ForecastCategoryName Status "
    "Priority Origin Reason Rating AccountSource Salutation CurrencyIsoCode IsoCode Family "
    "TaskSubtype CallType",
    "phone": "Phone Fax MobilePhone HomePhone OtherPhone AssistantPhone ContactPhone ContactMobile "
    "ContactFax SuppliedPhone",
    "email": "Email ContactEmail SuppliedEmail",
    "url": "Website PhotoUrl",
    "textarea": "Description",
    "string": "Name FirstName LastName Company Title Subject CaseNumber ContractNumber OrderNumber "
    "AccountNumber ProductCode StockKeepingUnit Sic Site Fiscal NaicsCode DunsNumber Jigsaw "
    "JigsawContactId JigsawCompanyId YearStarted CompanyDunsNumber TickerSymbol",
    "date": "CloseDate ActivityDate ConvertedDate StartDate EndDate NextStartDate EffectiveDate "
    "ServiceDate Birthdate LastActivityDate FirstRespondedDate RecurrenceStartDateOnly "
    "RecurrenceEndDateOnly PrevCloseDate",
    "datetime": "CreatedDate LastModifiedDate SystemModstamp LastViewedDate LastReferencedDate "
    "CompletedDateTime StartDateTime EndDateTime ActivityDateTime ClosedDate ActivatedDate "
    "LastStageChangeDate ReminderDateTime",
    "anyType": "OldValue NewValue",
}
_STANDARD = {name: kind for kind, names in _BY_NAME.items() for name in names.split()}
_CHECKBOX = re.compile(r"(?:Is|Has|Can|Do|Does)[A-Z_].*")
_ADDRESS = re.compile(r"(?:Billing|Shipping|Mailing|Other|Permanent)?Address")
# Digits that are a name, not a number.
_TEXT_LIKE = re.compile(
    r"phone|fax|mobile|zip|postal|code|number|licen[cs]e|ssn|ein|iban|account|external|(?:^|_)id",
    re.IGNORECASE,
)
_NEEDS = {  # what every cell must look like for a type known by name to hold
    "currency": "number",
    "percent": "number",
    "double": "number",
    "int": "number",
    "date": "date",
    "datetime": "datetime",
    "boolean": "boolean",
    "reference": "id",
    "address": "object",
}
TYPES = frozenset(
    [
        "id",
        "string",
        "picklist",
        "multipicklist",
        "combobox",
        "textarea",
        "phone",
        "url",
        "email",
        "encryptedstring",
        "reference",
        "boolean",
        "int",
        "long",
        "double",
        "currency",
        "percent",
        "date",
        "datetime",
        "time",
        "base64",
        "address",
        "location",
        "anyType",
    ]
)
NUMBERS = frozenset({"currency", "percent", "double", "int", "long"})
LONG_TEXT = 32_000
SHORT_TEXT = 255


def infer(name: str, seen: Evidence) -> str:
    """The type of a column that describe.json does not name."""
    if name == "Id":
        return "id"
    known = _known(name)
    if known is not None:
        need = _NEEDS.get(known)
        if need is None or seen.count == 0 or seen.is_all(need):
            return known
        return _text_type(seen)
    if seen.is_all("id") and (name.endswith(("Id", "__c"))):
        return "reference"
    if seen.is_all("boolean") and (seen.only_ones or seen.values <= _WORDS):
        return "boolean"
    if seen.is_all("date"):
        return "date"
    if seen.is_all("datetime"):
        return "datetime"
    if seen.is_all("number") and not _TEXT_LIKE.search(name):
        return "double"
    return _text_type(seen)


def length(name: str, kind: str, seen: Evidence) -> int:
    """The length that describe tells: 255, or that of a long text area."""
    if kind in {"id", "reference"}:
        return 18
    if kind == "textarea":
        is_long = name == "Description" or seen.longest > SHORT_TEXT
        return LONG_TEXT if is_long else SHORT_TEXT
    return 0 if kind in _NEEDS else SHORT_TEXT


def convert(text: str, kind: str) -> Any:
    """A cell as the API answers it. Raises ValueError when it is not of the type."""
    if kind == "boolean":
        if not text:
            return False
        return BOOLEANS[text.lower()] if text.lower() in BOOLEANS else _refuse(text, kind)
    if not text:
        return None
    if kind in {"id", "reference"}:
        return to_18(text)
    if kind in NUMBERS:
        number = float(text)
        whole = number.is_integer() and "e" not in text.lower() and "." not in text
        return int(text) if whole else number
    if kind == "datetime":
        return to_text(to_milliseconds(text))
    if kind in {"address", "location"}:
        found = json.loads(text)
        return found if isinstance(found, dict) else _refuse(text, kind)
    return text


_WORDS = frozenset({"true", "false", "TRUE", "FALSE", "True", "False"})


def _known(name: str) -> str | None:
    if name in _STANDARD:
        return _STANDARD[name]
    if name.endswith("__c"):
        return None
    if _CHECKBOX.fullmatch(name):
        return "boolean"
    if _ADDRESS.fullmatch(name):
        return "address"
    if name.endswith("PostalCode"):
        return "string"
    if name.endswith("Street"):
        return "textarea"
    return "reference" if name.endswith("Id") else None


def _text_type(seen: Evidence) -> str:
    return "textarea" if seen.longest > SHORT_TEXT or seen.has_line_breaks else "string"


def _refuse(text: str, kind: str) -> Any:
    raise ValueError(f"{text!r} is no {kind}")
