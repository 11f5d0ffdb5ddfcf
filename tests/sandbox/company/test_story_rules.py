"""Rules that every life keeps, so that both CRMs tell one story and the golden numbers are sharp."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from sandbox.company import DEFAULT_NOW
from sandbox.company.dates import business_day
from sandbox.company.model import HUBSPOT, SALESFORCE, Life, Person
from sandbox.company.org import organisation
from sandbox.company.pipelines import DELETED_STAGE, PIPELINES, STAGE_DELETED_AT
from sandbox.company.plan import CLOSED

_ORG = organisation(7)
_REPS = {rep.key: rep for rep in _ORG.reps}
_ORDERS = {
    pipeline.key: {stage.vendor_id: stage.order for stage in pipeline.stages}
    for pipeline in PIPELINES
}
_RESERVED = re.compile(r"@([\w.-]+\.)?(example|example\.com|example\.org|example\.net)$", re.I)
_PHONE = re.compile(r"555\D?01\d\d( ext\. \d+)?$")


def _people(lives: list[Life]) -> Iterator[Person]:
    for each in lives:
        yield from each.people


def test_keys_are_unique(small_lives: list[Life]) -> None:
    keys: Counter[int] = Counter()
    for each in small_lives:
        for records in (
            each.companies,
            each.people,
            each.deals,
            each.activities,
            each.tickets,
            each.surveys,
            each.contracts,
            each.orders,
        ):
            keys.update(record.key for record in records)
        for holder in (*each.deals, *each.orders):
            keys.update(line.key for line in holder.lines)
    assert set(keys.values()) == {1}


def test_addresses_and_phones_reach_nobody(small_lives: list[Life]) -> None:
    for person in _people(small_lives):
        assert _RESERVED.search(person.email or "@example"), person.email
        assert person.phone is None or _PHONE.search(person.phone), person.phone
    for rep in _ORG.reps:
        assert _RESERVED.search(rep.email)
    for each in small_lives:
        assert all(company.domain.endswith(".example") for company in each.companies)


def test_an_email_belongs_to_one_person(small_lives: list[Life]) -> None:
    emails = Counter((person.email or "").lower() for person in _people(small_lives))
    assert set(emails.values()) == {1}
    domains = Counter(company.domain for each in small_lives for company in each.companies)
    assert set(domains.values()) == {1}


def test_names_of_reps_are_unique() -> None:
    assert len({f"{rep.first_name} {rep.last_name}" for rep in _ORG.reps}) == len(_ORG.reps)
    assert sum(not rep.is_manager for rep in _ORG.reps) == 25
    assert {rep.systems for rep in _ORG.reps} == {
        frozenset((HUBSPOT,)),
        frozenset((SALESFORCE,)),
        frozenset((HUBSPOT, SALESFORCE)),
    }


def test_instants_are_whole_seconds(small_lives: list[Life]) -> None:
    for each in small_lives:
        instants = [at for deal in each.deals for at, _ in deal.stage]
        instants += [activity.scheduled_at for activity in each.activities]
        instants += [activity.completed_at for activity in each.activities if activity.completed_at]
        instants += [person.lead_at for person in each.people if person.lead_at]
        instants += [
            person.marketing_qualified_at for person in each.people if person.marketing_qualified_at
        ]
        assert {at.microsecond for at in instants} <= {0}


def test_an_owner_works_in_the_crm_of_the_record(small_lives: list[Life]) -> None:
    for each in small_lives:
        for deal in each.deals:
            for at, owner in deal.owner:
                rep = _REPS[owner]
                assert deal.hubspot_at is None or HUBSPOT in rep.systems
                assert deal.salesforce_at is None or SALESFORCE in rep.systems
                assert rep.joined_at <= at
                assert rep.left_at is None or at < rep.left_at
        for activity in each.activities:
            assert activity.system in _REPS[activity.owner_key].systems
        for ticket in each.tickets:
            assert ticket.system in _REPS[ticket.owner_key].systems


def test_the_people_of_a_deal_are_in_its_crms(small_lives: list[Life]) -> None:
    for each in small_lives:
        people = {person.key: person for person in each.people}
        companies = {company.key: company for company in each.companies}
        for deal in each.deals:
            holders = [people[key] for key in deal.person_keys]
            if deal.hubspot_at:
                seen = [person.hubspot_at for person in holders]
                assert all(at and at <= deal.hubspot_at for at in seen)
                assert companies[deal.company_key].hubspot_at
            if deal.salesforce_at:
                seen = [person.salesforce_contact_at for person in holders]
                assert all(at and at <= deal.salesforce_at for at in seen)
                account_at = companies[deal.company_key].salesforce_at
                assert account_at
                assert account_at <= deal.salesforce_at


def test_salesforce_has_its_pipeline_and_hubspot_the_others(small_lives: list[Life]) -> None:
    for each in small_lives:
        for deal in each.deals:
            assert (deal.salesforce_at is not None) == (deal.pipeline_key == "salesforce")
            if deal.salesforce_at is None:
                assert deal.pipeline_key in ("default", "renewals")
                assert deal.hubspot_at == deal.created_at


def test_a_person_in_both_was_a_lead_in_hubspot_first(small_lives: list[Life]) -> None:
    for person in _people(small_lives):
        if person.lead_at and person.salesforce_lead_at:
            assert person.lead_at <= person.salesforce_lead_at
        if person.hubspot_at and person.lead_at:
            assert person.hubspot_at <= person.lead_at
        if person.hubspot_at is None and person.lead_at:
            assert person.lead_at == person.salesforce_lead_at
        in_both = person.hubspot_at and (person.salesforce_lead_at or person.salesforce_contact_at)
        assert (person.link is not None) == bool(in_both)


def test_the_close_date_of_a_closed_deal_is_the_day_of_its_closing(small_lives: list[Life]) -> None:
    for each in small_lives:
        for deal in each.deals:
            for at, stage in deal.stage:
                if stage in CLOSED:
                    assert deal.close_on.at(at) == business_day(at)


def test_a_step_leads_to_another_stage(small_lives: list[Life]) -> None:
    for each in small_lives:
        for deal in each.deals:
            stages = [stage for _, stage in deal.stage]
            assert all(earlier != later for earlier, later in pairwise(stages))
            instants = [at for at, _ in deal.stage]
            assert all(earlier < later for earlier, later in pairwise(instants))


def test_nothing_changes_after_a_deletion(small_lives: list[Life]) -> None:
    for each in small_lives:
        for deal in each.deals:
            if deal.deleted_at and not deal.restored_at:
                *_, (last, _) = deal.stage
                assert last < deal.deleted_at
                about = [act for act in each.activities if act.deal_key == deal.key]
                assert all(act.created_at < deal.deleted_at for act in about)


def test_a_skipped_stage_is_never_entered_later(small_lives: list[Life]) -> None:
    for each in small_lives:
        for deal in each.deals:
            orders = _ORDERS[deal.pipeline_key]
            passed: set[int] = set()
            seen = {-1}
            before = -1
            for _, stage in deal.stage:
                order = orders[stage]
                assert order not in passed
                if CLOSED.get(stage, True):  # a loss jumps over nothing
                    passed |= set(range(before + 1, order)) - seen
                seen.add(order)
                before = order


def test_no_deal_stands_in_a_stage_that_is_deleted(small_lives: list[Life]) -> None:
    passing = 0
    for each in small_lives:
        for deal in each.deals:
            entries = [(at, name) for at, name in deal.stage if name == DELETED_STAGE]
            passing += len(entries)
            assert all(at < STAGE_DELETED_AT for at, _ in entries)
            assert deal.stage.at(STAGE_DELETED_AT) != DELETED_STAGE
    assert passing > 20


def test_an_activity_lies_in_the_life_of_what_it_is_about(small_lives: list[Life]) -> None:
    for each in small_lives:
        deals = {deal.key: deal for deal in each.deals}
        people = {person.key: person for person in each.people}
        for activity in each.activities:
            if activity.deal_key is not None:
                assert activity.created_at >= deals[activity.deal_key].created_at
            if activity.person_key is not None:
                person = people[activity.person_key]
                since = (
                    (person.hubspot_at,)
                    if activity.system == HUBSPOT
                    else (person.salesforce_lead_at, person.salesforce_contact_at)
                )
                assert min(at for at in since if at) <= activity.created_at


def test_about_ten_activities_per_deal(small_lives: list[Life]) -> None:
    deals = sum(deal.created_at <= DEFAULT_NOW for each in small_lives for deal in each.deals)
    done = sum(act.created_at <= DEFAULT_NOW for each in small_lives for act in each.activities)
    assert 7 < done / deals < 13


def test_amounts_are_what_the_lines_add_up_to(small_lives: list[Life]) -> None:
    for each in small_lives:
        for deal in each.deals:
            if deal.lines and deal.deleted_at is None:
                *_, (_, amount) = deal.amount
                assert amount == sum(line.amount for line in deal.lines)


def test_every_currency_is_sold_in(small_lives: list[Life]) -> None:
    sold = {deal.currency for each in small_lives for deal in each.deals}
    assert sold == {"BRL", "MXN", "USD", "EUR"}
    assert {target.currency for target in _ORG.targets} == sold
