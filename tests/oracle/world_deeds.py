"""Activities, tickets, answers, contracts and orders, as the CRM that keeps them shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sandbox.company.dates import add_months
from sandbox.company.model import (
    HUBSPOT,
    PIPEDRIVE,
    SALESFORCE,
    Activity,
    Contract,
    Order,
    Product,
    Survey,
    Ticket,
)
from tests.oracle import records
from tests.oracle.records import Line, World
from tests.oracle.shown import Shown, Staff

_NOT_HELD = ("no_show", "cancelled")


def add_deeds(
    world: World, shown: Shown, staff: Staff, *, products: dict[int, Product], zone: ZoneInfo
) -> None:
    for activity in shown.life.activities:
        _add_activity(world, shown, staff, activity, zone)
    for ticket in shown.life.tickets:
        _add_ticket(world, shown, ticket)
    for survey in shown.life.surveys:
        _add_survey(world, shown, survey)
    for contract in shown.life.contracts:
        _add_contract(world, shown, contract, zone)
    for order in shown.life.orders:
        _add_order(world, shown, order, products)


def _add_activity(
    world: World, shown: Shown, staff: Staff, activity: Activity, zone: ZoneInfo
) -> None:
    if not shown.happened(activity.created_at) or shown.happened(activity.deleted_at):
        return
    ends_at = activity.ends_at or activity.scheduled_at
    is_event = activity.system == SALESFORCE and activity.kind == "meeting"
    if is_event and activity.outcome in _NOT_HELD and shown.happened(ends_at):
        return  # taken out of the calendar
    person = shown.person(activity.person_key, activity.system)
    deal = shown.deal(activity.deal_key, activity.system)
    account = _account(shown, activity.company_key, person, activity.system, deal=deal)
    if shown.is_internal(company=account, person=person):
        return
    if deal is not None and shown.is_internal(company=shown.deals[deal].company_key):
        return
    world.activities.append(
        records.Activity(
            activity.key,
            _kind(activity),
            staff.name(activity.owner_key, activity.system),
            person,
            account,
            deal,
            activity.created_at,
            _due_at(activity, zone),
            activity.completed_at if shown.happened(activity.completed_at) else None,
        )
    )


def _kind(activity: Activity) -> str:
    """Nothing tells an e-mail that came in from one that went out but HubSpot."""
    if activity.system != HUBSPOT and activity.kind == "incoming_email":
        return "email"
    return activity.kind


def _due_at(activity: Activity, zone: ZoneInfo) -> datetime:
    """Salesforce knows the day of a task, Pipedrive the minute."""
    due = activity.scheduled_at
    if activity.system == SALESFORCE and activity.kind != "meeting":
        day = due.astimezone(zone).date()
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return due.replace(second=0) if activity.system == PIPEDRIVE else due


def _account(
    shown: Shown,
    company_key: int | None,
    person: int | None,
    system: str,
    *,
    deal: int | None = None,
) -> int | None:
    """The account that was named, else the deal's, else the person's."""
    account = shown.company(company_key, system)
    if account is None and deal is not None:
        systems = shown.deal_systems(shown.deals[deal])
        account = shown.company(shown.deals[deal].company_key, systems[0])
    return account if account is not None else shown.account_of(person)


def _add_ticket(world: World, shown: Shown, ticket: Ticket) -> None:
    if not shown.happened(ticket.opened_at) or shown.happened(ticket.deleted_at):
        return
    person = shown.person(ticket.person_key, ticket.system)
    account = _account(shown, ticket.company_key, person, ticket.system)
    if shown.is_internal(company=account, person=person):
        return
    entries = ticket.status.until(shown.at)
    changed_at, status = entries[-1] if entries else (ticket.opened_at, "new")
    # Salesforce keeps no instant of the first reply.
    is_told = ticket.system == HUBSPOT and shown.happened(ticket.first_reply_at)
    world.tickets.append(
        records.Ticket(
            ticket.key,
            ticket.category,
            account,
            ticket.opened_at,
            ticket.first_reply_at if is_told else None,
            changed_at if status == "closed" else None,
            ticket.system,
        )
    )


def _add_survey(world: World, shown: Shown, survey: Survey) -> None:
    """HubSpot asks; who answered is known by the contact, else by the ticket."""
    if not shown.happened(survey.answered_at):
        return
    ticket = next((each for each in shown.life.tickets if each.key == survey.ticket_key), None)
    if ticket is not None and (ticket.system != HUBSPOT or shown.happened(ticket.deleted_at)):
        ticket = None
    person = shown.person(survey.person_key, HUBSPOT)
    if person is None and ticket is not None:
        person = shown.person(ticket.person_key, HUBSPOT)
    account = shown.account_of(person)
    if account is None and ticket is not None:
        account = shown.company(ticket.company_key, HUBSPOT)
    if shown.is_internal(company=account, person=person):
        return
    world.surveys.append(
        records.Survey(
            survey.key,
            survey.survey_id,
            survey.name,
            survey.kind,
            Decimal(survey.score),
            person,
            account,
            survey.answered_at,
        )
    )


def _add_contract(world: World, shown: Shown, contract: Contract, zone: ZoneInfo) -> None:
    """Somebody who leaves early has an earlier last day, once that has come. The last day counts."""
    account = shown.company(contract.company_key, SALESFORCE)
    if not shown.happened(contract.activated_at) or shown.is_internal(company=account):
        return
    last = add_months(contract.starts_on, contract.months) - timedelta(days=1)
    ended_at = contract.terminated_at
    if ended_at is not None and shown.happened(ended_at):
        last = min(last, ended_at.astimezone(zone).date())
    world.contracts.append(records.Contract(account, contract.starts_on, last))


def _add_order(world: World, shown: Shown, order: Order, products: dict[int, Product]) -> None:
    account = shown.company(order.company_key, SALESFORCE)
    if not shown.happened(order.created_at) or account not in world.accounts:
        return
    currency = next(
        (deal.currency for deal in shown.life.deals if deal.key == order.deal_key), "USD"
    )
    sign = -1 if order.returns is not None else 1
    lines = tuple(
        Line(
            products[line.product_key].name,
            products[line.product_key].family,
            Decimal(line.quantity * sign),
            None,
            line.amount * sign,
        )
        for line in order.lines
    )
    world.orders.append(
        records.Order(
            order.key,
            str(order.key),
            account,
            order.effective_on,
            sum((line.net for line in lines if line.net is not None), Decimal(0)),
            currency,
            order.returns is not None,
            order.returns,
            lines,
        )
    )
