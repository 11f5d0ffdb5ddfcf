"""What Salesforce shows of the organisation: users, roles, stages, rates, quotas, describe."""

from __future__ import annotations

from sandbox.company import salesforce_view
from sandbox.company.identity import salesforce_id
from tests.sandbox.company.handmade import (
    LATER,
    at,
    settings,
)


def test_users_who_left_are_inactive_and_the_platforms_user_has_no_role() -> None:
    users = {user["Username"]: user for user in settings("User")}
    left = users["bruno.sampaio@aurora.example.crm"]
    assert left["IsActive"] is False
    assert left["ManagerId"] == salesforce_id("005", 18)
    robot = users["automated.process@aurora.example.crm"]
    assert (robot["ProfileId"], robot["UserRoleId"]) == (None, None)


def test_roles_are_teams_below_one_root() -> None:
    roles = {role["Name"]: role for role in settings("UserRole")}
    assert roles["Sales"]["ParentRoleId"] is None
    assert roles["Enterprise US"]["ParentRoleId"] == roles["Sales"]["Id"]


def test_a_renamed_stage_keeps_its_api_name_and_an_inactive_one_is_listed() -> None:
    stages = {stage["ApiName"]: stage for stage in settings("OpportunityStage")}
    assert stages["Needs Analysis"]["MasterLabel"] == "Discovery"
    before = {s["ApiName"]: s for s in settings("OpportunityStage", at("2024-06-01"))}
    assert before["Needs Analysis"]["MasterLabel"] == "Needs Analysis"
    assert [stage["IsActive"] for stage in stages.values()].count(False) == 1
    assert stages["Closed Won"]["DefaultProbability"] == 100.0


def test_dated_rates_end_where_the_next_one_starts() -> None:
    rates = [r for r in settings("DatedConversionRate", at("2024-01-10")) if r["IsoCode"] == "BRL"]
    assert [(r["StartDate"], r["NextStartDate"]) for r in rates] == [
        ("2023-10-01", "2023-11-01"),
        ("2023-11-01", "2023-12-01"),
        ("2023-12-01", "2024-01-01"),
        ("2024-01-01", "9999-12-31"),
    ]


def test_one_currency_is_corporate_and_one_is_switched_off() -> None:
    currencies = {each["IsoCode"]: each for each in settings("CurrencyType")}
    assert currencies["USD"]["IsCorporate"]
    assert currencies["USD"]["ConversionRate"] == 1.0
    assert [code for code, each in currencies.items() if not each["IsActive"]] == ["ARS"]


def test_quotas_stand_in_periods() -> None:
    periods = {period["Id"]: period for period in settings("Period")}
    quotas = settings("ForecastingQuota")
    assert quotas
    for quota in quotas:
        assert periods[quota["PeriodId"]]["StartDate"] == quota["StartDate"]
        assert periods[quota["PeriodId"]]["Type"] == "Month"


def test_describe_marks_formulas_compounds_and_what_cannot_be_replicated() -> None:
    described = salesforce_view.describes(LATER)
    assert described["OpportunityStage"]["replicateable"] is False
    fields = {field["name"]: field for field in described["Opportunity"]["fields"]}
    assert fields["Days_Open__c"]["calculated"]
    assert fields["Days_Open__c"]["custom"]
    assert fields["OwnerId"]["relationshipName"] == "Owner"
    assert fields["Description"]["filterable"] is False
    labels = {p["value"]: p["label"] for p in fields["StageName"]["picklistValues"]}
    assert labels["Needs Analysis"] == "Discovery"
    account = {field["name"]: field for field in described["Account"]["fields"]}
    assert account["BillingCity"]["compoundFieldName"] == "BillingAddress"
    assert account["BillingAddress"]["type"] == "address"


def test_describe_lets_nobody_write_what_salesforce_keeps_itself() -> None:
    described = salesforce_view.describes(LATER)
    kept = {
        "Opportunity": {"IsClosed", "IsWon", "LastStageChangeDate", "LastActivityDate"},
        "Task": {"IsClosed", "IsArchived", "CompletedDateTime"},
        "Event": {"IsArchived"},
        "Account": {"Id", "SystemModstamp", "IsDeleted", "BillingAddress"},
    }
    for name, names in kept.items():
        fields = {field["name"]: field for field in described[name]["fields"]}
        assert not any(fields[f]["updateable"] or fields[f]["createable"] for f in names), name
    opportunity = {field["name"]: field for field in described["Opportunity"]["fields"]}
    assert all(opportunity[name]["updateable"] for name in ("StageName", "Amount", "CloseDate"))
