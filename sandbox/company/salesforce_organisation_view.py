"""The organisation in Salesforce: users, roles, stages, products, campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sandbox.company.dates import business_day, midnight
from sandbox.company.identity import salesforce_id
from sandbox.company.model import SALESFORCE, Campaign, Life, Product, Rep, Stage
from sandbox.company.org import list_price
from sandbox.company.salesforce_calendar_view import currencies, dated_rates, periods, quotas
from sandbox.company.salesforce_history_view import CATEGORY_NAMES, category
from sandbox.company.salesforce_life import SalesforceLife
from sandbox.company.salesforce_org import (
    ADMINISTRATOR,
    AUTOMATION,
    CORPORATE_CURRENCY,
    ORGANIZATION_ID,
    PROFILE_ID,
    SET_UP,
    SOURCES,
    Org,
)
from sandbox.company.salesforce_values import Fields, number

_PRICE_BOOK = salesforce_id("01s", 1)
_ROOT_ROLE = salesforce_id("00E", 900_001)
_RETIRED_STAGE = "Perception Analysis"


def rows(org: Org, at: datetime) -> Iterator[NamedTuple]:
    view = SalesforceLife(org, Life(number=0), at)
    yield _organization(view)
    yield from _users(view)
    yield from _roles(view)
    yield from _stages(view)
    yield from _products(view)
    yield from _campaigns(view)
    yield from periods(view)
    yield from quotas(view)
    yield from currencies(view)
    yield from dated_rates(view)


def _organization(view: SalesforceLife) -> NamedTuple:
    fields: Fields = {
        "Name": "Aurora Signals",
        "TimeZoneSidKey": view.org.organisation.timezone,
        "DefaultCurrencyIsoCode": CORPORATE_CURRENCY,
        "FiscalYearStartMonth": 1,
        "IsSandbox": False,
    }
    return view.record("Organization", ORGANIZATION_ID, SET_UP, SET_UP, fields)


def _users(view: SalesforceLife) -> Iterator[NamedTuple]:
    reps = view.org.organisation.reps
    managers = {rep.team_key: rep for rep in reps if rep.is_manager}
    for rep in reps:
        if SALESFORCE in rep.systems and rep.joined_at <= view.at:
            yield _user(view, rep, managers.get(rep.team_key))
    yield _service_user(view, ADMINISTRATOR, "Integration", "Administrator", "Standard")
    yield _service_user(view, AUTOMATION, "Automated", "Process", "AutomatedProcess")


def _user(view: SalesforceLife, rep: Rep, manager: Rep | None) -> NamedTuple:
    has_left = view.happened(rep.left_at)
    fields: Fields = {
        "Username": f"{rep.email}.crm",
        "Name": f"{rep.first_name} {rep.last_name}",
        "FirstName": rep.first_name,
        "LastName": rep.last_name,
        "Email": rep.email,
        # Users are never deleted, only switched off.
        "IsActive": not has_left,
        "ProfileId": PROFILE_ID,
        "UserRoleId": salesforce_id("00E", rep.team_key),
        "ManagerId": (
            view.org.users.get(manager.key) if manager and manager.key != rep.key else None
        ),
        "TimeZoneSidKey": view.org.organisation.timezone,
        "UserType": "Standard",
        "Department": "Sales",
        "DefaultCurrencyIsoCode": CORPORATE_CURRENCY,
    }
    modified = max(view.past(rep.joined_at, rep.left_at))
    return view.record("User", view.org.users[rep.key], rep.joined_at, modified, fields)


def _service_user(
    view: SalesforceLife, record_id: str, first: str, last: str, user_type: str
) -> NamedTuple:
    is_person = user_type == "Standard"
    email = f"{first}.{last}@aurora.example".lower()
    fields: Fields = {
        "Username": f"{email}.crm",
        "Name": f"{first} {last}",
        "FirstName": first,
        "LastName": last,
        "Email": email,
        "IsActive": True,
        "ProfileId": PROFILE_ID if is_person else None,
        "UserRoleId": None,
        "ManagerId": None,
        "TimeZoneSidKey": "GMT",
        "UserType": user_type,
        "Department": None,
        "DefaultCurrencyIsoCode": CORPORATE_CURRENCY,
    }
    return view.record("User", record_id, SET_UP, SET_UP, fields)


def _roles(view: SalesforceLife) -> Iterator[NamedTuple]:
    yield _role(view, _ROOT_ROLE, "Sales", None)
    for team in view.org.organisation.teams:
        yield _role(view, salesforce_id("00E", team.key), team.name, _ROOT_ROLE)


def _role(view: SalesforceLife, record_id: str, name: str, parent: str | None) -> NamedTuple:
    fields: Fields = {
        "Name": name,
        "ParentRoleId": parent,
        "DeveloperName": name.replace(" ", "_"),
    }
    return view.record("UserRole", record_id, SET_UP, SET_UP, fields)


def _stages(view: SalesforceLife) -> Iterator[NamedTuple]:
    for position, stage in enumerate(view.org.stages.values(), 1):
        changes = stage.label.until(view.at)
        label = changes[-1][1] if changes else stage.vendor_id
        renamed_at = changes[-1][0] if len(changes) > 1 else SET_UP
        is_active = not view.happened(stage.deleted_at)
        yield _stage(view, position, stage, label, max(SET_UP, renamed_at), is_active=is_active)
    # A stage of the vendor's own list that nobody uses any more: inactive, and still listed.
    fields: Fields = {
        "MasterLabel": _RETIRED_STAGE,
        "ApiName": _RETIRED_STAGE,
        "IsActive": False,
        "SortOrder": len(view.org.stages) + 1,
        "IsClosed": False,
        "IsWon": False,
        "ForecastCategory": "Pipeline",
        "ForecastCategoryName": "Pipeline",
        "DefaultProbability": 50.0,
    }
    record_id = salesforce_id("01J", 900)
    yield view.record("OpportunityStage", record_id, SET_UP, SET_UP, fields)


def _stage(
    view: SalesforceLife,
    position: int,
    stage: Stage,
    label: str,
    modified: datetime,
    *,
    is_active: bool,
) -> NamedTuple:
    forecast = category(stage)
    fields: Fields = {
        "MasterLabel": label,
        "ApiName": stage.vendor_id,
        "IsActive": is_active,
        "SortOrder": stage.order,
        "IsClosed": stage.is_closed,
        "IsWon": stage.is_won,
        "ForecastCategory": forecast,
        "ForecastCategoryName": CATEGORY_NAMES[forecast],
        "DefaultProbability": number(stage.probability * 100),
    }
    record_id = salesforce_id("01J", position)
    return view.record("OpportunityStage", record_id, SET_UP, modified, fields)


def _products(view: SalesforceLife) -> Iterator[NamedTuple]:
    for product in view.org.organisation.products:
        if product.created_at <= view.at:
            yield _product(view, product)
            for currency in view.org.currencies:
                yield _price(view, product, currency)


def _product(view: SalesforceLife, product: Product) -> NamedTuple:
    fields: Fields = {
        "Name": product.name,
        "ProductCode": product.sku,
        "Family": product.family,
        "IsActive": True,
        "StockKeepingUnit": product.sku,
    }
    created = product.created_at
    return view.record("Product2", salesforce_id("01t", product.key), created, created, fields)


def _price(view: SalesforceLife, product: Product, currency: str) -> NamedTuple:
    fields: Fields = {
        "Pricebook2Id": _PRICE_BOOK,
        "Product2Id": salesforce_id("01t", product.key),
        "UnitPrice": number(list_price(product, currency)),
        "IsActive": True,
        "CurrencyIsoCode": currency,
    }
    created = product.created_at
    record_id = view.org.price_id(product.key, currency)
    return view.record("PricebookEntry", record_id, created, created, fields)


def _campaigns(view: SalesforceLife) -> Iterator[NamedTuple]:
    for campaign in view.org.organisation.campaigns:
        if campaign.system == SALESFORCE and campaign.created_at <= view.at:
            yield _campaign(view, campaign)


def _campaign(view: SalesforceLife, campaign: Campaign) -> NamedTuple:
    today = business_day(view.at)
    has_begun, is_over = today >= campaign.starts_on, today > campaign.ends_on
    begun_at = midnight(campaign.starts_on)
    over_at = midnight(campaign.ends_on + timedelta(days=1))
    fields: Fields = {
        "Name": campaign.name,
        "Type": SOURCES[campaign.channel],
        "Status": "Completed" if is_over else "In Progress" if has_begun else "Planned",
        "StartDate": campaign.starts_on.isoformat(),
        "EndDate": campaign.ends_on.isoformat(),
        "BudgetedCost": number(campaign.budget),
        "ActualCost": number(campaign.spend) if has_begun else None,
        "IsActive": has_begun and not is_over,
        "CurrencyIsoCode": CORPORATE_CURRENCY,
    }
    modified = max(view.past(campaign.created_at, begun_at, over_at))
    record_id = view.org.campaigns[campaign.key]
    return view.record("Campaign", record_id, campaign.created_at, modified, fields)
