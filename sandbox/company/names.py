"""Words the story is told in: people, companies, places, subjects. All invented, none of them real.

Domains end in .example or are example.com, .net and .org; phones are in the range 555-0100 to
555-0199 that is kept for fiction. Neither can reach anybody.
"""

from __future__ import annotations

from random import Random

INTERNAL_DOMAIN = "aurora-internal.example"

FIRST_NAMES = {
    "BR": (
        "Ana", "João", "Camila", "Lucas", "Mariana", "Pedro", "Juliana", "Felipe", "Letícia",
        "Vinícius", "Aline", "Rodrigo", "Débora", "Murilo", "Tatiana", "Sérgio",
    ),
    "MX": (
        "Sofía", "José", "Valentina", "Luis", "Regina", "Ángel", "Daniela", "Iñigo", "Ximena",
        "Héctor", "Lucía", "Saúl", "Itzel", "Raúl", "Jimena", "Noé",
    ),
    "US": (
        "Emma", "Liam", "Olivia", "Noah", "Ava", "Ethan", "Mia", "Jamal", "Chloe", "Wei", "Zoe",
        "Dmitri", "Harper", "Omar", "Nora", "Kofi",
    ),
}  # fmt: skip

LAST_NAMES = {
    "BR": (
        "Souza", "Oliveira", "D'Ávila", "Pereira", "Conceição", "Barros", "Guimarães", "Teixeira",
        "Nogueira", "Paes", "Monteiro", "Falcão", "Sant'Anna", "Correia", "Prado", "Leão",
    ),
    "MX": (
        "Hernández", "Núñez", "Gutiérrez", "Peña", "Villaseñor", "Rosales", "Quiñones", "Ávila",
        "Montaño", "Cervantes", "Güereca", "Luna", "Zepeda", "Solís", "Cantú", "Bravo",
    ),
    "US": (
        "Smith", "Johnson", "O'Brien", "Nguyen", "Miller", "Van der Berg", "Patel", "Kowalski",
        "Garcia", "MacLeod", "Lee", "Fitzgerald", "Abara", "Stone-Hart", "Cohen", "Rossi",
    ),
}  # fmt: skip

CITIES = {
    "BR": ("São Paulo", "Curitiba", "Recife", "Porto Alegre", "Belo Horizonte", "Goiânia"),
    "MX": ("Ciudad de México", "Monterrey", "Guadalajara", "Mérida", "Querétaro", "Tijuana"),
    "US": ("Austin", "Denver", "Columbus", "Portland", "Raleigh", "Tampa"),
}

COMPANY_WORDS = (
    "Alba", "Boreal", "Cedro", "Delta", "Encina", "Faro", "Granito", "Horizonte", "Ítaca", "Jade",
    "Kestrel", "Lumen", "Marea", "Norte", "Ónix", "Prisma", "Quartz", "Ribeira", "Sierra", "Tundra",
    "Umbra", "Vértice", "Willow", "Zenit",
)  # fmt: skip

COMPANY_ENDINGS = {
    "BR": ("Logística Ltda", "Comércio S.A.", "Indústria Ltda", "Serviços S.A.", "& Filhos"),
    "MX": ("S.A. de C.V.", "y Asociados", "del Norte S.A.", "Industrial", "Servicios S.C."),
    "US": ("Inc.", "LLC", "& Sons", "Partners", "Supply Co."),
}

INDUSTRIES = ("Logistics", "Retail", "Manufacturing", "Health", "Education", "Finance", "Media")

TITLES = (
    "Operations Manager", "CFO", "Head of Sales", "Buyer", "IT Director", "Owner",
    "Customer Success Lead", "COO",
)  # fmt: skip

SUBJECTS = {
    "call": ("Discovery call", "Follow-up call", "Pricing call", "Check-in"),
    "email": ("Proposal attached", "Re: next steps", "Summary of our talk", "Quick question"),
    "incoming_email": ("Re: Proposal attached", "Question about the contract", "Re: next steps"),
    "meeting": ("Product demo", "Kick-off", "Negotiation round", "Quarterly review"),
    "task": ("Send contract", "Prepare proposal", "Update forecast", "Call back"),
    "note": ("Note", "Meeting notes", "Handover"),
}

BODIES = (
    "Talked about the roll-out and who signs.",
    "They compare us with one other vendor.",
    "Budget is approved for this quarter.",
    "Asked for a reference in the same industry.",
    "Needs the security paper before the next step.",
)

AWKWARD_TEXTS = (
    'First line\nSecond line with "quotes", a comma; and a semicolon\n\nLast line',
    'O cliente disse: "vamos fechar" \U0001f389\U0001f91d, e o d\'Ávila concordou',
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd, (mixed) \u0645\u0631\u062d\u0628\u0627 12%",
    "tab\there, back\\slash, percent % and under_score, <b>not bold</b> & co.",
    "\u201cSmart\u201d quotes \u2014 dash \u2026 and a zero\u200bwidth space",
)

NEXT_STEPS = ("Send proposal", "Book the demo", "Legal review", "Wait for budget", "Call the CFO")

LOSS_REASONS = ("price", "competitor", "no_budget", "no_decision", "bad_fit")

TICKETS = {
    "complaint": "Invoice does not match the offer",
    "question": "How do we add a user?",
    "return": "Terminal arrived broken, we send it back",
    "incident": "Reports are not loading",
}

COUPONS = ("WELCOME10", "PARTNER15", "BLACKFRIDAY", "Q4PUSH")


FREE_DOMAINS = ("example.com", "example.org", "example.net")
_PHONE_FORMS = ("+1 {}-555-01{:02d}", "({}) 555-01{:02d}", "+1{}55501{:02d}", "1.{}.555.01{:02d}")
_AREAS = (212, 415, 512, 305, 713, 206)


def phone(rng: Random, key: int) -> str:
    """A number kept for fiction, in one of the forms in which people type them."""
    form = _PHONE_FORMS[int(rng.random() * len(_PHONE_FORMS))]
    return form.format(_AREAS[key // 100 % len(_AREAS)], key % 100)


def plain(text: str) -> str:
    """Lower-case ASCII letters and digits of a name, for e-mails and domains."""
    accents = str.maketrans("áãâàéêíóôõúüñçÁÍÓ", "aaaaeeiooouuncaio")
    return "".join(c for c in text.translate(accents).lower() if c.isascii() and c.isalnum())
