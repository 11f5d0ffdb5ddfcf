"""Salesforce's raw tables: the columns that are there whatever an org has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingestion.engine.fields import fields
from ingestion.model import Field, Reading, Table, Tells

_STAMPS = (
    "CreatedDate:instant CreatedById LastModifiedDate:instant LastModifiedById "
    "SystemModstamp:instant"
)
_USUAL = f"IsDeleted:boolean {_STAMPS}"
_ADDRESS = "BillingStreet BillingCity BillingState BillingPostalCode BillingCountry BillingAddress"


@dataclass(frozen=True)
class Described:
    """An object by its API name. Configuration is read whole, the rest by change stamp."""

    object: str
    columns: tuple[Field, ...]
    whole: bool = False
    summed: str | None = None
    is_person: bool = False
    speaks_of: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    keeps_versions: bool = False  # of objects whose history the vendor does not keep


DESCRIBED: Mapping[str, Described] = {
    "organizations": Described(
        "Organization",
        fields(
            "Id Name TimeZoneSidKey DefaultCurrencyIsoCode FiscalYearStartMonth:integer "
            f"IsSandbox:boolean {_STAMPS}"
        ),
        whole=True,
    ),
    "users": Described(
        "User",
        fields(
            "Id Username Name FirstName LastName Email IsActive:boolean UserRoleId ManagerId "
            f"TimeZoneSidKey UserType Department DefaultCurrencyIsoCode {_STAMPS}"
        ),
        whole=True,
    ),
    "user_roles": Described(
        "UserRole",
        fields(
            "Id Name ParentRoleId DeveloperName LastModifiedDate:instant LastModifiedById "
            "SystemModstamp:instant"
        ),
        whole=True,
    ),
    "accounts": Described(
        "Account",
        fields(
            "Id Name Type Industry ParentId OwnerId AnnualRevenue:number NumberOfEmployees:integer "
            f"Website Phone {_ADDRESS} MasterRecordId CurrencyIsoCode {_USUAL}"
        ),
    ),
    "contacts": Described(
        "Contact",
        fields(
            "Id AccountId FirstName! LastName! Name! Email! Phone! Title! LeadSource OwnerId "
            f"MasterRecordId ReportsToId {_USUAL}"
        ),
        is_person=True,
    ),
    "leads": Described(
        "Lead",
        fields(
            "Id FirstName! LastName! Name! Email! Phone! Company Title! Country Status LeadSource "
            "OwnerId IsConverted:boolean ConvertedDate:date ConvertedAccountId ConvertedContactId "
            f"ConvertedOpportunityId MasterRecordId {_USUAL}"
        ),
        is_person=True,
    ),
    "opportunities": Described(
        "Opportunity",
        fields(
            "Id Name AccountId Amount:number StageName CloseDate:date Probability:number "
            "ExpectedRevenue:number ForecastCategory ForecastCategoryName IsClosed:boolean "
            "IsWon:boolean OwnerId Type LeadSource CampaignId ContactId NextStep! Description! "
            "CurrencyIsoCode LastStageChangeDate:instant LastActivityDate:date Loss_Reason__c "
            f"Coupon_Code__c Days_Open__c:number {_USUAL}"
        ),
        summed="Amount",
    ),
    "opportunity_history": Described(
        "OpportunityHistory",
        fields(
            "Id OpportunityId StageName Amount:number CloseDate:date Probability:number "
            "ForecastCategory ExpectedRevenue:number CreatedDate:instant CreatedById "
            "SystemModstamp:instant IsDeleted:boolean CurrencyIsoCode PrevAmount:number "
            "PrevCloseDate:date"
        ),
    ),
    "opportunity_field_history": Described(
        "OpportunityFieldHistory",
        fields(
            "Id OpportunityId Field OldValue NewValue DataType CreatedDate:instant CreatedById "
            "IsDeleted:boolean"
        ),
    ),
    "opportunity_line_items": Described(
        "OpportunityLineItem",
        fields(
            "Id OpportunityId PricebookEntryId Product2Id ProductCode Name Quantity:number "
            "UnitPrice:number TotalPrice:number Subtotal:number Discount:number ListPrice:number "
            f"ServiceDate:date CurrencyIsoCode {_USUAL}"
        ),
    ),
    "opportunity_contact_roles": Described(
        "OpportunityContactRole",
        fields(f"Id OpportunityId ContactId Role IsPrimary:boolean {_USUAL}"),
    ),
    "products": Described(
        "Product2",
        fields(f"Id Name ProductCode Family IsActive:boolean StockKeepingUnit {_USUAL}"),
    ),
    "pricebook_entries": Described(
        "PricebookEntry",
        fields(
            f"Id Pricebook2Id Product2Id UnitPrice:number IsActive:boolean CurrencyIsoCode {_USUAL}"
        ),
    ),
    "opportunity_stages": Described(
        "OpportunityStage",
        fields(
            "Id MasterLabel ApiName IsActive:boolean SortOrder:integer IsClosed:boolean "
            f"IsWon:boolean ForecastCategory ForecastCategoryName DefaultProbability:number {_STAMPS}"
        ),
        whole=True,
    ),
    "tasks": Described(
        "Task",
        fields(
            "Id Subject! Description! Status Priority ActivityDate:date CompletedDateTime:instant "
            "IsClosed:boolean WhoId WhatId AccountId OwnerId TaskSubtype CallType "
            f"CallDurationInSeconds:integer IsArchived:boolean {_USUAL}"
        ),
        speaks_of=("WhoId",),
        others=("WhatId",),
    ),
    "events": Described(
        "Event",
        fields(
            "Id Subject! StartDateTime:instant EndDateTime:instant ActivityDate:date "
            "IsAllDayEvent:boolean DurationInMinutes:integer WhoId WhatId AccountId OwnerId "
            f"IsChild:boolean IsArchived:boolean {_USUAL}"
        ),
        speaks_of=("WhoId",),
        others=("WhatId",),
    ),
    "cases": Described(
        "Case",
        fields(
            "Id CaseNumber Subject! Description! Status IsClosed:boolean Priority Origin Reason Type "
            f"AccountId ContactId OwnerId ClosedDate:instant MasterRecordId {_USUAL}"
        ),
        speaks_of=("ContactId",),
        others=("AccountId",),
    ),
    "campaigns": Described(
        "Campaign",
        fields(
            "Id Name Type Status StartDate:date EndDate:date BudgetedCost:number ActualCost:number "
            f"IsActive:boolean CurrencyIsoCode {_USUAL}"
        ),
    ),
    "campaign_members": Described(
        "CampaignMember",
        fields(
            "Id CampaignId LeadId ContactId Status HasResponded:boolean FirstRespondedDate:date "
            f"{_USUAL}"
        ),
        speaks_of=("LeadId", "ContactId"),
        others=("CampaignId",),
    ),
    "forecasting_quotas": Described(
        "ForecastingQuota",
        fields(
            "Id QuotaAmount:number QuotaOwnerId PeriodId StartDate:date IsAmount:boolean "
            f"IsQuantity:boolean CurrencyIsoCode {_STAMPS}"
        ),
        whole=True,
        keeps_versions=True,
    ),
    "periods": Described(
        "Period",
        fields(
            "Id Type StartDate:date EndDate:date Number:integer FullyQualifiedLabel "
            "IsForecastPeriod:boolean SystemModstamp:instant"
        ),
        whole=True,
    ),
    "currency_types": Described(
        "CurrencyType",
        fields(
            "Id IsoCode ConversionRate:number DecimalPlaces:integer IsActive:boolean "
            f"IsCorporate:boolean {_STAMPS}"
        ),
        whole=True,
    ),
    "dated_conversion_rates": Described(
        "DatedConversionRate",
        fields(f"Id IsoCode StartDate:date NextStartDate:date ConversionRate:number {_STAMPS}"),
        whole=True,
    ),
    "contracts": Described(
        "Contract",
        fields(
            "Id AccountId ContractNumber Status StatusCode StartDate:date EndDate:date "
            f"ContractTerm:integer ActivatedDate:instant OwnerId {_USUAL}"
        ),
    ),
    "orders": Described(
        "Order",
        fields(
            "Id AccountId OpportunityId ContractId OrderNumber EffectiveDate:date Status StatusCode "
            "TotalAmount:number CurrencyIsoCode Type IsReductionOrder:boolean OriginalOrderId "
            f"{_USUAL}"
        ),
    ),
    "order_items": Described(
        "OrderItem",
        fields(
            f"Id OrderId Product2Id Quantity:number UnitPrice:number TotalPrice:number {_USUAL}"
        ),
    ),
}


# Records of people and of what they said: free text that the lists above do not name is personal.
OF_PEOPLE = frozenset({"Contact", "Lead", "Task", "Event", "Case"})
_OF_EMPLOYEES = frozenset({"User", "UserRole", "Organization"})
_FREE = frozenset({"string", "textarea", "url", "address", "location"})
_REACHING = frozenset({"email", "phone", "encryptedstring"})  # personal wherever they stand
_MARKED = {
    described.object: {field.name: field.personal for field in described.columns}
    for described in DESCRIBED.values()
}

_TOLD = {
    "opportunity_field_history": Tells(
        "opportunities", field="Field", values=("OldValue", "NewValue")
    )
}


def is_personal(name: str, item: Mapping[str, Any]) -> bool:
    """Whether a field of an object's describe counts as personal.

    Of an org's own objects nobody knows whom they are about.
    """
    marked = _MARKED.get(name, {}).get(item["name"])
    if marked is not None or name in _OF_EMPLOYEES:
        return bool(marked)
    if item["type"] in _REACHING:
        return True
    is_of_people = name in OF_PEOPLE or name.lower().endswith("__c")
    return is_of_people and (item["type"] in _FREE or "birth" in item["name"].lower())


def table(name: str, described: Described) -> Table:
    names = {field.name for field in described.columns}
    return Table(
        name=name,
        key=("Id",),
        columns=described.columns,
        changed_at=tuple(
            stamp
            for stamp in ("SystemModstamp", "LastModifiedDate", "CreatedDate")
            if stamp in names
        ),
        created_at=("CreatedDate",) if "CreatedDate" in names else (),
        currency="CurrencyIsoCode" if "CurrencyIsoCode" in names else None,
        speaks_of=described.speaks_of,
        others=described.others,
        deleted="IsDeleted" if "IsDeleted" in names else None,
        merged_into="MasterRecordId" if "MasterRecordId" in names else None,
        tells=_TOLD.get(name),
    )


def versions_table(of: Table) -> Table:
    return Table(
        name=f"{of.name}_versions",
        key=(*of.key, "_load_id"),
        columns=of.columns,
        versions_of=of.name,
    )


def reading(name: str) -> Reading:
    return Reading(kind="records", table=name, path="records[]", values={}, fields_at=())
