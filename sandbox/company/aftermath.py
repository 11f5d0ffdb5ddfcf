"""What becomes of a deal besides its stages: mishaps in the CRM, and what is delivered after a win."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.company.dates import out_of_empty_month
from sandbox.company.deeds import act, contract, give_back, order, survey, ticket
from sandbox.company.model import HUBSPOT, SALESFORCE, Company, Deal, Person
from sandbox.company.plan import after, lognormal_days, lost_stage
from sandbox.company.story import BOTH, ONLY_HUBSPOT, ONLY_SALESFORCE, Story


def befall(
    story: Story, company: Company, people: list[Person], deal: Deal, *, is_first: bool
) -> bool:
    """What goes wrong with a deal. True if it is gone, and nothing follows from it."""
    rng = story.rng
    fate = rng.random()
    gone_at = after(rng, deal.created_at, 1 + lognormal_days(rng, 12))
    if fate < 0.012 and not (is_first and people[0].salesforce_lead_at):
        story.delete_deal(deal, gone_at)
        return True
    if fate < 0.02 and deal.salesforce_at is None:
        first_stage = deal.stage.first()
        if first_stage is not None:
            entered_at = deal.created_at + (gone_at - deal.created_at) / 4
            twin = story.deal(
                company,
                people[:1],
                [(entered_at.replace(microsecond=0), first_stage[1])],
                pipeline_key=deal.pipeline_key,
                deal_type=deal.deal_type,
                systems=ONLY_HUBSPOT,
                amount=None,
            )
            story.delete_deal(twin, gone_at, merged_into=deal)
    elif fate < 0.027:
        # Entered twice, and the second one closed with the reason that takes it out of the KPIs.
        found_at = max(gone_at, deal.created_at + timedelta(days=2))
        pipeline_key = deal.pipeline_key
        first_stage = deal.stage.first()
        if first_stage is not None:
            double = story.deal(
                company,
                people[:1],
                [
                    (deal.created_at + timedelta(hours=20), first_stage[1]),
                    (out_of_empty_month(found_at), lost_stage(pipeline_key)),
                ],
                pipeline_key=pipeline_key,
                deal_type=deal.deal_type,
                systems=BOTH
                if deal.hubspot_at and deal.salesforce_at
                else ONLY_SALESFORCE
                if deal.salesforce_at
                else ONLY_HUBSPOT,
                currency=deal.currency,
                amount=None,
            )
            double.loss_reason = "duplicate"
    return False


def deliver(
    story: Story,
    company: Company,
    people: list[Person],
    deal: Deal,
    won_at: datetime,
    *,
    in_salesforce: bool,
) -> None:
    """What follows a win: contract, order, returns, tickets, surveys."""
    rng = story.rng
    if in_salesforce:
        signed = contract(story, company, deal, won_at) if deal.deal_type != "expansion" else None
        if deal.lines and rng.random() < 0.8:
            sold = order(story, company, deal, signed, won_at)
            if rng.random() < 0.05:
                give_back(story, sold, after(rng, won_at, 10 + lognormal_days(rng, 20)))
    person = people[0]
    if rng.random() < 0.35:
        opened_at = after(rng, won_at, lognormal_days(rng, 40))
        system = SALESFORCE if in_salesforce else HUBSPOT
        made = ticket(story, company, person, opened_at, system=system)
        *_, (closed_at, _) = made.status
        if person.hubspot_at and rng.random() < 0.5:
            answered_at = after(rng, closed_at, 1)
            linked = made if system == HUBSPOT else None
            survey(story, person, answered_at, kind="CSAT", ticket=linked)
    if person.hubspot_at and rng.random() < 0.2:
        survey(story, person, after(rng, won_at, 30 + lognormal_days(rng, 10)), kind="NPS")
    if rng.random() < 0.3:
        at = after(rng, won_at, lognormal_days(rng, 30))
        act(
            story,
            at,
            system=SALESFORCE if in_salesforce else HUBSPOT,
            owner_key=company.owner.at(at) or 0,
            person=person,
            company=company,
            deal=None,
            not_before=won_at,
        )
