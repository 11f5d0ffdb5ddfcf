"""What people do around a deal or after it: activities, tickets, surveys, contracts, orders."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.company import names
from sandbox.company.dates import business_day
from sandbox.company.model import (
    HUBSPOT,
    PIPEDRIVE,
    SALESFORCE,
    Activity,
    Company,
    Contract,
    Deal,
    Line,
    Order,
    Person,
    Survey,
    Ticket,
    Timeline,
)
from sandbox.company.story import Story

_HUBSPOT_KINDS = ("call", "call", "email", "email", "incoming_email", "meeting", "task", "note")
# Salesforce keeps no notes among its activities, and nothing tells an incoming e-mail there.
_SALESFORCE_KINDS = ("call", "call", "email", "email", "meeting", "task", "task")


def act(
    story: Story,
    at: datetime,
    *,
    system: str,
    owner_key: int,
    person: Person | None,
    company: Company | None,
    deal: Deal | None,
    kind: str | None = None,
    not_before: datetime,
) -> Activity:
    """One activity that takes place, or was to take place, at the instant."""
    rng = story.rng
    kind = kind or story.pick(_HUBSPOT_KINDS if system == HUBSPOT else _SALESFORCE_KINDS)
    created_at, scheduled_at = at, at
    ends_at: datetime | None = None
    completed_at: datetime | None = at
    outcome: str | None = "completed"
    drawn = rng.random()
    if kind == "call":
        ends_at = at + timedelta(seconds=120 + int(drawn * 2400))
        if system == HUBSPOT:
            # Logged when it was over, while the call itself carries the instant it began.
            created_at = ends_at
            if drawn > 0.88:
                completed_at, outcome = None, "no_show"
    elif kind == "meeting":
        created_at = max(not_before, at - timedelta(seconds=int(86_400 * (1 + drawn * 5))))
        ends_at = at + timedelta(minutes=30 if drawn < 0.5 else 60)
        if system == SALESFORCE:
            # An event says nothing of whether people came: that its end has passed is all we know.
            completed_at = ends_at
        elif drawn > 0.9:
            completed_at, outcome = None, "no_show" if drawn < 0.96 else "cancelled"
    elif kind == "task":
        created_at = max(not_before, at - timedelta(seconds=int(86_400 * (1 + drawn * 4))))
        if drawn > 0.85:
            completed_at, outcome = None, None
        else:
            done = at + timedelta(seconds=int((drawn * 4 - 1) * 86_400))
            completed_at = max(done, created_at + timedelta(seconds=60))
    body = story.pick(names.BODIES) if drawn > 0.02 else story.pick(names.AWKWARD_TEXTS)
    activity = Activity(
        key=story.key(),
        kind=kind,
        system=system,
        subject=story.pick(names.SUBJECTS[kind]),
        body=body,
        owner_key=owner_key,
        person_key=person.key if person else None,
        company_key=company.key if company else None,
        deal_key=deal.key if deal else None,
        created_at=created_at,
        scheduled_at=scheduled_at,
        ends_at=ends_at,
        completed_at=completed_at,
        outcome=outcome,
        # Now and then somebody takes one back.
        deleted_at=created_at + timedelta(days=9, hours=1) if 0.5 < drawn < 0.506 else None,
    )
    story.life.activities.append(activity)
    return activity


def work_on(story: Story, deal: Deal, company: Company, people: list[Person], count: int) -> None:
    """So many activities between the deal's creation and its end, in the CRMs that hold it."""
    homes = (
        (HUBSPOT, deal.hubspot_at),
        (SALESFORCE, deal.salesforce_at),
        (PIPEDRIVE, deal.pipedrive_at),
    )
    systems = [name for name, at in homes if at]
    *_, (end, _) = deal.stage
    start = deal.created_at + timedelta(minutes=5)
    seconds = max(86_400.0, (end - start).total_seconds())
    for _ in range(count):
        at = story.office(start + timedelta(seconds=int(story.rng.random() * seconds)))
        if at <= start:
            at = start + timedelta(seconds=1 + int(story.rng.random() * 3000))
        act(
            story,
            at,
            system=story.pick(systems),
            owner_key=deal.owner.at(at) or company.owner.at(at) or 0,
            person=story.pick(people) if people else None,
            company=company,
            deal=deal,
            not_before=start,
        )


def ticket(
    story: Story, company: Company, person: Person | None, at: datetime, *, system: str
) -> Ticket:
    rng = story.rng
    category = story.pick(("complaint", "question", "question", "incident", "return"))
    reply_at = at + timedelta(seconds=300 + int(rng.lognormvariate(9.2, 0.9)))
    closed_at = reply_at + timedelta(seconds=600 + int(rng.lognormvariate(11.6, 1.0)))
    status = Timeline((at, "new"), (reply_at, "waiting"), (closed_at, "closed"))
    if rng.random() < 0.05:
        reopened_at = closed_at + timedelta(days=2, hours=3)
        status.set(reopened_at, "waiting")
        status.set(reopened_at + timedelta(days=1, minutes=17), "closed")
    found = Ticket(
        key=story.key(),
        system=system,
        subject=names.TICKETS[category],
        body=story.pick(names.BODIES) if rng.random() > 0.04 else story.pick(names.AWKWARD_TEXTS),
        category=category,
        priority=story.pick(("low", "medium", "medium", "high")),
        company_key=company.key,
        person_key=person.key if person else None,
        owner_key=company.owner.at(at) or 0,
        opened_at=at,
        first_reply_at=reply_at,
        status=status,
    )
    story.life.tickets.append(found)
    return found


def survey(
    story: Story, person: Person, at: datetime, *, kind: str, ticket: Ticket | None = None
) -> Survey:
    rng = story.rng
    score = (
        rng.choices((1, 2, 3, 4, 5), (4, 6, 14, 38, 38))[0]
        if kind == "CSAT"
        else rng.choices(range(11), (2, 1, 1, 2, 2, 4, 6, 14, 24, 24, 20))[0]
    )
    found = Survey(
        key=story.key(),
        survey_id="8102" if kind == "CSAT" else "8107",
        name="Support satisfaction" if kind == "CSAT" else "Would you recommend us",
        kind=kind,
        score=score,
        comment=story.pick(names.BODIES) if rng.random() < 0.3 else None,
        person_key=person.key,
        ticket_key=ticket.key if ticket else None,
        answered_at=at,
    )
    story.life.surveys.append(found)
    return found


def contract(story: Story, company: Company, deal: Deal, won_at: datetime) -> Contract:
    starts_on = business_day(won_at) + timedelta(days=story.rng.randrange(1, 11))
    found = Contract(
        key=story.key(),
        company_key=company.key,
        deal_key=deal.key,
        starts_on=starts_on,
        months=12,
        activated_at=won_at + timedelta(hours=1),
    )
    if story.rng.random() < 0.1:
        days = story.rng.randrange(60, 330)
        found.terminated_at = story.office(won_at + timedelta(days=days))
    story.life.contracts.append(found)
    return found


def order(
    story: Story, company: Company, deal: Deal, contract: Contract | None, won_at: datetime
) -> Order:
    created_at = won_at + timedelta(hours=2)
    found = Order(
        key=story.key(),
        company_key=company.key,
        deal_key=deal.key,
        contract_key=contract.key if contract else None,
        effective_on=business_day(won_at) + timedelta(days=2),
        created_at=created_at,
        lines=[copy_line(story, line, created_at) for line in deal.lines],
    )
    story.life.orders.append(found)
    return found


def give_back(story: Story, original: Order, at: datetime) -> Order:
    """The first line of an order comes back."""
    found = Order(
        key=story.key(),
        company_key=original.company_key,
        deal_key=original.deal_key,
        contract_key=original.contract_key,
        effective_on=business_day(at),
        created_at=at,
        lines=[copy_line(story, original.lines[0], at)],
        returns=original.key,
    )
    story.life.orders.append(found)
    return found


def copy_line(story: Story, line: Line, at: datetime) -> Line:
    return Line(
        story.key(),
        line.product_key,
        line.quantity,
        line.unit_price,
        line.discount_percent,
        line.amount,
        at,
    )
