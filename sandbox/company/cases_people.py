"""Planted cases about accounts, people, service and text."""

from __future__ import annotations

from datetime import timedelta

from sandbox.company import names
from sandbox.company.casework import (
    BIG_WON,
    LOST,
    ONLY,
    WON,
    account,
    day,
    sell,
    straight,
)
from sandbox.company.deeds import act, contract, give_back, order, survey, ticket
from sandbox.company.model import Timeline
from sandbox.company.org import ENTERPRISE_US, SMB_BRAZIL, SMB_MEXICO, SMB_US
from sandbox.company.story import Story


def merged_person(story: Story) -> None:
    start = day("2025-04-02")
    company, person = account(story, start)
    twin = story.person(
        company, "BR", owner=person.owner, channel="social", hubspot_at=start + timedelta(days=9),
        lead_at=start + timedelta(days=9), name=(person.first_name, person.last_name),
    )  # fmt: skip
    twin.deleted_at, twin.merged_into = day("2025-05-20", 15), person.key
    sell(story, company, [person], straight(start + timedelta(days=4), "default", WON, 26))


def merged_company(story: Story) -> None:
    start = day("2025-01-21")
    company, person = account(story, start, country="MX")
    twin = story.company(start + timedelta(days=5), "MX", SMB_MEXICO, ONLY["hubspot"])
    twin.name = company.name
    twin.deleted_at, twin.merged_into = day("2025-03-18", 11), company.key
    sell(story, company, [person], straight(start + timedelta(days=4), "default", WON, 26))


def merged_in_salesforce(story: Story) -> None:
    """An account and a contact were entered twice; the masters took over what hung on the others."""
    start = day("2025-04-15")
    company, person = account(story, start, "salesforce", "US")
    twin = story.company(start + timedelta(days=12), "US", ENTERPRISE_US, ONLY["salesforce"])
    twin.name = company.name
    double = story.person(
        twin,
        "US",
        owner=person.owner,
        channel="event",
        salesforce_contact_at=start + timedelta(days=12, minutes=5),
        name=(person.first_name, person.last_name),
    )
    steps = straight(start + timedelta(days=7), "salesforce", BIG_WON, 75)
    sell(story, company, [person], steps, pipeline="salesforce", where="salesforce")
    twin.deleted_at, twin.merged_into = day("2025-08-05", 11), company.key
    double.deleted_at, double.merged_into = day("2025-08-05", 11, 5), person.key


def deleted_lead(story: Story) -> None:
    start = day("2025-06-03")
    owners = story.owners(SMB_US, start, ONLY["hubspot"])
    person = story.person(
        None, "US", owner=Timeline(*owners), channel="social", hubspot_at=start, lead_at=start
    )
    person.deleted_at = day("2025-06-30", 10)


def internal_company(story: Story) -> None:
    """Our own people trying the CRM: everything of it stays out of every KPI."""
    start = day("2025-03-03")
    company = story.company(
        start, "BR", SMB_BRAZIL, ONLY["hubspot"], name="Aurora (internal tests)",
        domain=names.INTERNAL_DOMAIN,
    )  # fmt: skip
    company.is_internal = True
    person = story.person(
        company, "BR", owner=Timeline(*company.owner), channel="other", hubspot_at=start,
        lead_at=start,
    )  # fmt: skip
    sell(story, company, [person], straight(start + timedelta(days=1), "default", WON, 9))
    opened = ticket(story, company, person, day("2025-03-24"), system="hubspot")
    survey(story, person, day("2025-03-28"), kind="CSAT", ticket=opened)


def both_linked_by_sync(story: Story) -> None:
    start = day("2025-06-03")
    company, person = account(story, start, "both", "US")
    steps = straight(start + timedelta(days=7), "salesforce", BIG_WON, 80)
    deal = sell(story, company, [person], steps, pipeline="salesforce", where="both")
    contract(story, company, deal, steps[-1][0]).terminated_at = None


def both_known_by_domain(story: Story) -> None:
    """No link between the records: the company's domain and the person's e-mail are all there is."""
    start = day("2025-08-05")
    company, person = account(story, start, "both", "BR", link="domain", person_link="email")
    steps = straight(start + timedelta(days=7), "salesforce", BIG_WON, 66)
    sell(story, company, [person], steps, pipeline="salesforce", where="salesforce")


def converted_lead(story: Story) -> None:
    start = day("2026-02-03")
    company, person = account(story, start, "salesforce", "MX")
    steps = straight(start + timedelta(days=6), "salesforce", BIG_WON, 90)
    sell(story, company, [person], steps, pipeline="salesforce", where="salesforce")


def lead_after_win(story: Story) -> None:
    """A buyer's contact who became a lead only after the win: not converted by that win."""
    start = day("2025-03-06")
    company, person = account(story, start, country="US")
    person.lead_at, person.qualified_at = day("2025-07-10"), None
    sell(story, company, [person], straight(start + timedelta(days=2), "default", WON, 20))


def euro_account(story: Story) -> None:
    start = day("2025-05-20")
    company, person = account(story, start, "salesforce", "US")
    steps = straight(start + timedelta(days=7), "salesforce", BIG_WON, 70)
    sell(story, company, [person], steps, pipeline="salesforce", where="salesforce", currency="EUR")


def awkward_text(story: Story) -> None:
    start = day("2026-04-07")
    company, person = account(story, start, country="MX")
    _, first_name = next(iter(company.name))
    rtl = "\u05d7\u05d1\u05e8\u05ea \u05d0\u05d5\u05e8"
    company.name = Timeline((start, f'{first_name} "La Única", {rtl} \U0001f680\nSucursal 2'))
    person.first_name, person.last_name = "\u0645\u0631\u064a\u0645", "D'Ávila-\u05db\u05d4\u05df"
    deal = sell(story, company, [person], straight(start, "default", WON, 25), activities=0)
    for number, text in enumerate(names.AWKWARD_TEXTS):
        at = start + timedelta(days=number + 1)
        note = act(
            story, at, system="hubspot", owner_key=9, person=person, company=company, deal=deal,
            kind="note", not_before=start,
        )  # fmt: skip
        note.body = text
        note.subject = text.split("\n")[0]


def lookalike_contacts(story: Story) -> None:
    """Addresses and phones as people type them; every one on a domain or range kept for fiction."""
    start = day("2026-05-05")
    company, _ = account(story, start, country="US")
    for number, (first, last, email, phone) in enumerate(
        (
            ("Carol", "Mendes", "Carol.Mendes+crm@Example.COM", "(212) 555-0143"),
            ("Wes", "Tanaka", "w_tanaka99@mail.example.org", "+1-415-555-0187 ext. 22"),
            ("Inés", "Robledo", "ines@xn--robledo-9za.example", "001 512 555 0166"),
        )
    ):
        person = story.person(
            company, "US", owner=Timeline(*company.owner), channel="organic_search",
            hubspot_at=start + timedelta(days=number), lead_at=start + timedelta(days=number),
            name=(first, last),
        )  # fmt: skip
        person.email, person.phone = email, phone


def reopened_ticket(story: Story) -> None:
    start = day("2025-02-04")
    company, person = account(story, start, country="US")
    sell(story, company, [person], straight(start + timedelta(days=3), "default", WON, 22))
    found = ticket(story, company, person, day("2025-04-08"), system="hubspot")
    found.first_reply_at = day("2025-04-08", 11, 30)
    found.status = Timeline(
        (day("2025-04-08"), "new"),
        (day("2025-04-08", 11, 30), "waiting"),
        (day("2025-04-09", 15), "closed"),
        (day("2025-04-14", 10), "waiting"),
        (day("2025-04-16", 17), "closed"),
    )


def survey_twice(story: Story) -> None:
    """Unhappy on the 6th, happy on the 20th of one month: one happy answer. June's is another."""
    start = day("2025-03-18")
    company, person = account(story, start)
    sell(story, company, [person], straight(start + timedelta(days=3), "default", WON, 22))
    for text, score in (("2025-05-06", 2), ("2025-05-20", 5), ("2025-06-12", 3)):
        survey(story, person, day(text, 15), kind="CSAT").score = score


def contract_ended_early(story: Story) -> None:
    start = day("2024-09-03")
    company, person = account(story, start, "salesforce", "US")
    steps = straight(start + timedelta(days=7), "salesforce", BIG_WON, 60)
    deal = sell(story, company, [person], steps, pipeline="salesforce", where="salesforce")
    signed = contract(story, company, deal, steps[-1][0])
    signed.months, signed.terminated_at = 36, day("2026-03-12", 14)


def returned_order(story: Story) -> None:
    start = day("2025-07-01")
    company, person = account(story, start, "salesforce", "BR")
    steps = straight(start + timedelta(days=7), "salesforce", BIG_WON, 55)
    deal = sell(story, company, [person], steps, pipeline="salesforce", where="salesforce")
    sold = order(story, company, deal, None, steps[-1][0])
    give_back(story, sold, day("2025-09-23", 11))


def deleted_activity(story: Story) -> None:
    start = day("2025-09-16")
    company, person = account(story, start, country="MX")
    deal = sell(story, company, [person], straight(start, "default", LOST, 22), activities=0)
    for number in range(3):
        note = act(
            story, start + timedelta(days=number + 1), system="hubspot", owner_key=9,
            person=person, company=company, deal=deal, kind="note", not_before=start,
        )  # fmt: skip
        note.deleted_at = day("2025-09-25") if number == 1 else None
