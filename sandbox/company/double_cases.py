"""Awkward cases of identity: who is who in three CRMs, each in a life of its own, at every scale.

What each one is and what breaks if it is got wrong stands in the third table of sandbox/README.md.
New cases go to the end of the list, so that the numbers of the others stay.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.company.casework import day
from sandbox.company.doubling import enter_company, enter_deal, enter_person, later
from sandbox.company.model import HUBSPOT, PIPEDRIVE, SALESFORCE, Timeline
from sandbox.company.org import ENTERPRISE_US
from sandbox.company.story import BOTH, Story

_GRACE = 26  # Grace Lindqvist has a seat in HubSpot and one in Salesforce


def known_by_tax_id(story: Story) -> None:
    """Brazil: three names, one CNPJ, typed in three ways."""
    start = day("2025-03-11")
    first = enter_company(
        story, HUBSPOT, start, "Tecelagem Boa Vista Ltda", "BR", tax_id="11.222.333/0001-81"
    )
    enter_company(
        story, SALESFORCE, later(start, 9), "Boa Vista Indústria Têxtil S.A.", "BR",
        domain="boavista-textil.example", tax_id="11222333000181", copy_of=first,
    )  # fmt: skip
    enter_company(
        story, PIPEDRIVE, later(start, 20), "TBV", "BR", tax_id="BR 11.222.333/0001-81",
        copy_of=first,
    )  # fmt: skip


def known_by_rfc(story: Story) -> None:
    start = day("2025-05-07")
    first = enter_company(
        story, SALESFORCE, start, "Aceros del Bajío S.A. de C.V.", "MX",
        domain="aceros-bajio.example", tax_id="ABA010203KX7",
    )  # fmt: skip
    enter_company(
        story, PIPEDRIVE, later(start, 12), "Grupo Bajío", "MX", tax_id="aba-010203-kx7",
        copy_of=first,
    )  # fmt: skip


def known_by_name_and_country(story: Story) -> None:
    """Legal form, accents, capitals and points differ; only one CRM knows the domain."""
    start = day("2025-06-10")
    first = enter_company(story, HUBSPOT, start, "Serra Azul Logística Ltda.", "BR")
    enter_company(
        story, SALESFORCE, later(start, 8), "SERRA AZUL LOGISTICA LTDA", "BR",
        domain="serra-azul.example", copy_of=first,
    )  # fmt: skip
    enter_company(story, PIPEDRIVE, later(start, 15), "Serra Azul Logística", "BR", copy_of=first)


def known_by_name_in_mexico(story: Story) -> None:
    start = day("2025-07-15")
    first = enter_company(story, HUBSPOT, start, "Óptica Güemes, S.A. de C.V.", "MX")
    enter_company(story, PIPEDRIVE, later(start, 5), "Optica Guemes SA DE CV", "MX", copy_of=first)


def known_by_domain_in_three(story: Story) -> None:
    start = day("2025-08-12")
    first = enter_company(
        story, HUBSPOT, start, "Larkspur Freight", "US", domain="larkspur.example"
    )
    enter_company(
        story, SALESFORCE, later(start, 3), "Larkspur Freight Holdings", "US",
        domain="larkspur.example", copy_of=first,
    )  # fmt: skip
    enter_company(
        story, PIPEDRIVE, later(start, 30), "LF Carriers", "US", domain="larkspur.example",
        copy_of=first,
    )  # fmt: skip


def known_by_nothing(story: Story) -> None:
    """One company and one person that no rule can find: they keep the recall below 1."""
    start = day("2025-09-09")
    first = enter_company(story, HUBSPOT, start, "Marigold Clinics", "US")
    other = enter_company(
        story, SALESFORCE, later(start, 6), "MGC Health Network", "US",
        domain="mgc-health.example", copy_of=first,
    )  # fmt: skip
    person = enter_person(
        story, HUBSPOT, start, first, "Ruth Calloway", email="ruth@calloway.example", is_lead=False
    )
    enter_person(
        story, SALESFORCE, later(start, 6), other, "R. Ostrander",
        email="r.ostrander@mgc-health.example", copy_of=person,
    )  # fmt: skip


def same_name_two_countries(story: Story) -> None:
    start = day("2025-10-07")
    enter_company(story, HUBSPOT, start, "Grupo Aurora Sul Ltda", "BR")
    enter_company(story, SALESFORCE, later(start, 4), "Grupo Aurora Sul", "MX")


def same_name_other_domains(story: Story) -> None:
    start = day("2025-10-21")
    enter_company(story, HUBSPOT, start, "Atlas Foods LLC", "US", domain="atlas-foods.example")
    enter_company(
        story, SALESFORCE, later(start, 4), "Atlas Foods, Inc.", "US", domain="atlasfoods.example"
    )


def free_mail_domain(story: Story) -> None:
    """Two small shops whose only domain is that of a mail provider."""
    start = day("2025-11-04")
    enter_company(story, HUBSPOT, start, "Padaria Central", "BR", domain="freemail.example")
    enter_company(story, SALESFORCE, later(start, 2), "Oficina Dois Irmãos", "BR",
                  domain="freemail.example")  # fmt: skip


def parent_and_subsidiary(story: Story) -> None:
    """One name, one domain, one root of the CNPJ: two branches, two companies."""
    start = day("2025-11-18")
    enter_company(
        story, HUBSPOT, start, "Cimento Vale Verde S.A.", "BR", domain="valeverde.example",
        tax_id="11.444.777/0001-61",
    )  # fmt: skip
    enter_company(
        story, SALESFORCE, later(start, 3), "Cimento Vale Verde S/A", "BR",
        domain="valeverde.example", tax_id="11.444.777/0002-42",
    )  # fmt: skip


def conflicting_chain(story: Story) -> None:
    """The sync links two records with two domains; a third company has the second of them."""
    start = day("2025-12-02")
    company = story.company(
        start, "US", ENTERPRISE_US, BOTH, link="sync", name="Harbor Analytics Inc.",
        domain="harbor-analytics.example",
    )  # fmt: skip
    company.salesforce_domain = "harborline.example"
    enter_company(
        story, PIPEDRIVE, later(start, 10), "Harborline Shipping", "US",
        domain="harborline.example",
    )  # fmt: skip


def known_by_phone(story: Story) -> None:
    """Three people, no address in two of three CRMs; the number is typed in three ways."""
    start = day("2026-01-13")
    domain = "quillon.example"
    places = {
        system: enter_company(story, system, later(start, days), name, "US", domain=domain)
        for system, days, name in (
            (HUBSPOT, 0, "Quillon Labs"), (SALESFORCE, 1, "Quillon"), (PIPEDRIVE, 2, "Quillon Inc")
        )
    }  # fmt: skip
    for system in (SALESFORCE, PIPEDRIVE):
        places[system].copy_of = places[HUBSPOT].key
    for number, name in enumerate(("Adaeze Okonjo", "Tomas Villareal", "Birgit Halvorsen")):
        last = f"01{31 + number}"
        first = enter_person(
            story, HUBSPOT, start, places[HUBSPOT], name, phone=f"(646) 555-{last}"
        )
        enter_person(
            story, SALESFORCE, later(start, 5), places[SALESFORCE], name,
            email=f"{name.split()[0].lower()}@{domain}", phone=f"+1 646 555 {last} ext. 4",
            copy_of=first,
        )  # fmt: skip
        enter_person(
            story, PIPEDRIVE, later(start, 9), places[PIPEDRIVE], name, phone=f"1.646.555.{last}",
            copy_of=first,
        )  # fmt: skip


def known_by_email(story: Story) -> None:
    """Capitals in one CRM, an initial in another, and no company in common."""
    start = day("2026-02-10")
    place = enter_company(story, HUBSPOT, start, "Fern Valley Dairy", "US")
    other = enter_company(story, PIPEDRIVE, start, "FVD Distribution", "US", copy_of=place)
    other.domain = place.domain = "fern-valley.example"
    for name, short in (("Imani Westbrook", "I. Westbrook"), ("Soren Pike", "Soren")):
        address = f"{name.split()[1].lower()}@fern-valley.example"
        first = enter_person(story, HUBSPOT, start, place, name, email=address)
        enter_person(
            story, PIPEDRIVE, later(start, 7), other, short, email=address.title(), copy_of=first
        )


def shared_switchboard(story: Story) -> None:
    """One number for everybody in the house; two of them in two CRMs, with one last name."""
    start = day("2026-02-24")
    phone = "+1 303 555 0177"
    place = enter_company(story, HUBSPOT, start, "Stonebridge Tools", "US",
                          domain="stonebridge.example")  # fmt: skip
    other = enter_company(story, SALESFORCE, later(start, 2), "Stonebridge", "US",
                          domain="stonebridge.example", copy_of=place)  # fmt: skip
    enter_person(story, HUBSPOT, start, place, "Dana Merritt", phone=phone)
    enter_person(story, SALESFORCE, later(start, 2), other, "Kyle Merritt", phone=phone)
    enter_person(story, SALESFORCE, later(start, 3), other, "Ines Baptiste", phone=phone)


def shared_address(story: Story) -> None:
    """Two people behind one mailbox, and two behind an address that looks like one person's."""
    start = day("2026-03-10")
    domain = "pousada-mar.example"
    place = enter_company(story, HUBSPOT, start, "Pousada do Mar", "BR", domain=domain)
    other = enter_company(story, SALESFORCE, later(start, 2), "Pousada do Mar Ltda", "BR",
                          domain=domain, copy_of=place)  # fmt: skip
    enter_person(story, HUBSPOT, start, place, "Lia Sampaio", email=f"contato@{domain}")
    enter_person(story, SALESFORCE, later(start, 3), other, "Otto Sampaio",
                 email=f"contato@{domain}")  # fmt: skip
    enter_person(story, HUBSPOT, start, place, "Nair Fontes", email=f"nair@{domain}")
    enter_person(story, SALESFORCE, later(start, 4), other, "Raimundo Brito",
                 email=f"nair@{domain}")  # fmt: skip


def same_name_and_phone_elsewhere(story: Story) -> None:
    """A common name, a number that was given to somebody else: two companies, two addresses."""
    start = day("2026-03-24")
    place = enter_company(story, HUBSPOT, start, "Ridgeway Motors", "US",
                          domain="ridgeway.example")  # fmt: skip
    other = enter_company(story, PIPEDRIVE, start, "Palmetto Marine", "US",
                          domain="palmetto.example")  # fmt: skip
    enter_person(story, HUBSPOT, start, place, "Maria Lopez", phone="(702) 555-0119",
                 email="maria@ridgeway.example")  # fmt: skip
    enter_person(story, PIPEDRIVE, later(start, 90), other, "Maria Lopez", phone="+17025550119",
                 email="mlopez@palmetto.example")  # fmt: skip


def deal_known_by_name(story: Story) -> None:
    """One deal in two CRMs without a link: its name is the second proof."""
    start = day("2026-04-14")
    place = enter_company(story, SALESFORCE, start, "Northgate Paper", "US",
                          domain="northgate.example")  # fmt: skip
    other = enter_company(story, HUBSPOT, start, "Northgate Paper Mills", "US",
                          domain="northgate.example", copy_of=place)  # fmt: skip
    deal = enter_deal(
        story, SALESFORCE, start, place, name="Northgate: 40 seats", amount="18400.00"
    )
    enter_deal(
        story, HUBSPOT, later(start, 12), other, name="Northgate - 40 Seats", amount="18400.00",
        days=13, copy_of=deal,
    )  # fmt: skip


def deal_known_by_owner(story: Story) -> None:
    """Other names; the same seller entered both within the week."""
    start = day("2026-05-12")
    place = enter_company(story, SALESFORCE, start, "Copperfield Bank", "US",
                          domain="copperfield.example")  # fmt: skip
    other = enter_company(story, HUBSPOT, start, "Copperfield", "US",
                          domain="copperfield.example", copy_of=place)  # fmt: skip
    deal = enter_deal(
        story, SALESFORCE, start, place, name="Platform 2026", amount="27350.00", owner=_GRACE
    )
    enter_deal(
        story, HUBSPOT, later(start, 3), other, name="Copperfield new business",
        amount="27350.00", days=20, owner=_GRACE, copy_of=deal,
    )  # fmt: skip


def deal_lookalike(story: Story) -> None:
    """One company bought the same for the same money twice in a week, from two units."""
    start = day("2026-06-09")
    place = enter_company(story, SALESFORCE, start, "Vantage Realty", "US",
                          domain="vantage-realty.example")  # fmt: skip
    other = enter_company(story, PIPEDRIVE, start, "Vantage Realty Group", "US",
                          domain="vantage-realty.example", copy_of=place)  # fmt: skip
    enter_deal(story, SALESFORCE, start, place, name="Headquarters roll-out", amount="9900.00")
    enter_deal(story, PIPEDRIVE, later(start, 2), other, name="Branch offices", amount="9900.00")


def renamed_and_double(story: Story) -> None:
    """A company changed its name in one CRM only; the number and the domain are what stays."""
    start = day("2026-06-23")
    first = enter_company(
        story, HUBSPOT, start, "Ateliê Primavera ME", "BR", tax_id="22.333.444/0001-81"
    )
    first.name = Timeline((start, "Ateliê Primavera ME"), (later(start, 30), "Casa Outono"))
    enter_company(
        story, SALESFORCE, later(start, 4), "Atelie Primavera", "BR", domain="primavera.example",
        tax_id="22333444000181", copy_of=first,
    )  # fmt: skip
    enter_company(story, PIPEDRIVE, later(start, 6), "Primavera Moda", "BR",
                  domain="primavera.example", copy_of=first)  # fmt: skip


DOUBLE_CASES: tuple[Callable[[Story], None], ...] = (
    known_by_tax_id,
    known_by_rfc,
    known_by_name_and_country,
    known_by_name_in_mexico,
    known_by_domain_in_three,
    known_by_nothing,
    same_name_two_countries,
    same_name_other_domains,
    free_mail_domain,
    parent_and_subsidiary,
    conflicting_chain,
    known_by_phone,
    known_by_email,
    shared_switchboard,
    shared_address,
    same_name_and_phone_elsewhere,
    deal_known_by_name,
    deal_known_by_owner,
    deal_lookalike,
    renamed_and_double,
)
