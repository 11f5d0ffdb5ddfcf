"""HubSpot's object types: names, ids, dates, what comes back unasked, who may read them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class ObjectType:
    """`searched` are the properties that the free text `query` of a search looks into."""

    name: str
    type_id: str
    singular: str
    scopes: tuple[str, ...]
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"
    defaults: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()

    @property
    def always(self) -> tuple[str, ...]:
        """Come back whatever the `properties` parameter names."""
        return (self.created, self.modified, "hs_object_id")

    @property
    def display(self) -> str:
        """The key of inline associations: the plural in words, `line items` with a space."""
        return self.name.replace("_", " ") if self.name == "line_items" else self.name


_CONTACTS_READ = ("crm.objects.contacts.read",)

TYPES: tuple[ObjectType, ...] = (
    ObjectType(
        "contacts",
        "0-1",
        "contact",
        _CONTACTS_READ,
        created="createdate",
        modified="lastmodifieddate",
        defaults=("email", "firstname", "lastname"),
        searched=("firstname", "lastname", "email", "phone", "company"),
    ),
    ObjectType(
        "companies",
        "0-2",
        "company",
        ("crm.objects.companies.read",),
        created="createdate",
        defaults=("domain", "name"),
        searched=("name", "domain", "website", "phone"),
    ),
    ObjectType(
        "deals",
        "0-3",
        "deal",
        ("crm.objects.deals.read",),
        created="createdate",
        defaults=("amount", "closedate", "dealname", "dealstage", "pipeline"),
        searched=("dealname", "pipeline", "dealstage", "dealtype"),
    ),
    ObjectType(
        "tickets",
        "0-5",
        "ticket",
        ("tickets",),
        created="createdate",
        defaults=(
            "content",
            "hs_pipeline",
            "hs_pipeline_stage",
            "hs_ticket_category",
            "hs_ticket_priority",
            "subject",
        ),
        searched=("subject", "content", "hs_pipeline_stage", "hs_ticket_category"),
    ),
    ObjectType(
        "products",
        "0-7",
        "product",
        ("crm.objects.products.read", "e-commerce"),
        created="createdate",
        defaults=("description", "name", "price"),
        searched=("name", "description", "price", "hs_sku"),
    ),
    ObjectType(
        "line_items",
        "0-8",
        "line_item",
        ("crm.objects.line_items.read", "e-commerce"),
        created="createdate",
        defaults=("amount", "price", "quantity"),
        searched=("name", "hs_sku"),
    ),
    ObjectType(
        "quotes",
        "0-14",
        "quote",
        ("crm.objects.quotes.read", "e-commerce"),
        defaults=("hs_expiration_date", "hs_public_url_key", "hs_status", "hs_title"),
        searched=("hs_title", "hs_quote_number"),
    ),
    ObjectType(
        "feedback_submissions",
        "0-19",
        "feedback_submission",
        ("crm.objects.contacts.read", "crm.objects.feedback_submissions.read"),
        searched=("hs_survey_name", "hs_content"),
    ),
    ObjectType("tasks", "0-27", "task", _CONTACTS_READ, searched=("hs_task_subject",)),
    ObjectType("notes", "0-46", "note", _CONTACTS_READ, searched=("hs_note_body",)),
    ObjectType("meetings", "0-47", "meeting", _CONTACTS_READ, searched=("hs_meeting_title",)),
    ObjectType("calls", "0-48", "call", _CONTACTS_READ, searched=("hs_call_title",)),
    ObjectType("emails", "0-49", "email", _CONTACTS_READ, searched=("hs_email_subject",)),
    ObjectType(
        "goal_targets",
        "0-74",
        "goal_target",
        ("crm.objects.goals.read",),
        searched=("hs_goal_name",),
    ),
    ObjectType("leads", "0-136", "lead", ("crm.objects.leads.read",), searched=("hs_lead_name",)),
)

OWNERS_READ = ("crm.objects.owners.read",)
CAMPAIGNS_READ = ("marketing.campaigns.read",)
CURRENCIES_READ = ("settings.currencies.read",)
USERS_READ = ("settings.users.read",)
TEAMS_READ = ("settings.users.teams.read",)
CUSTOM_READ = ("crm.objects.custom.read",)
SCHEMAS_READ = ("crm.schemas.custom.read", "crm.objects.custom.read")
ACCOUNT_READ = ("oauth",)
# The vendor has these per object; the sandbox gives or withholds a level as a whole.
SENSITIVE_READ = {
    "sensitive": "crm.objects.sensitive.read",
    "highly_sensitive": "crm.objects.highly_sensitive.read",
}

# An app made today is not given the older umbrella scope, so withholding the granular one refuses.
_NOT_GRANTED = frozenset({"e-commerce"})

_BY_NAME: dict[str, ObjectType] = {}
for _type in TYPES:
    for _key in (_type.name, _type.type_id, _type.singular, _type.name.replace("_", " ")):
        _BY_NAME[_key] = _type


def find_type(segment: str) -> ObjectType | None:
    """By name, singular or type id, in any case, as the paths accept them."""
    return _BY_NAME.get(segment.lower())


@cache
def all_scopes() -> frozenset[str]:
    """Every scope that the sandbox's app is given before any is withheld."""
    read = {scope for kind in TYPES for scope in kind.scopes}
    read.update(OWNERS_READ, CAMPAIGNS_READ, CURRENCIES_READ, USERS_READ, TEAMS_READ)
    read.update(SCHEMAS_READ, CUSTOM_READ, ACCOUNT_READ, SENSITIVE_READ.values())
    schemas = {scope.replace(".objects.", ".schemas.") for scope in read if ".objects." in scope}
    return frozenset((read | schemas) - _NOT_GRANTED)
