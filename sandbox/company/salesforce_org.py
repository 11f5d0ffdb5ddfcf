"""What a Salesforce org knows of the organisation, ready to be looked up by key."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.company.identity import salesforce_id
from sandbox.company.model import SALESFORCE, Organisation, Stage

CORPORATE_CURRENCY = "USD"
SET_UP = datetime(2023, 9, 28, 14, 2, 11, tzinfo=UTC)  # when the org was made
ORGANIZATION_ID = salesforce_id("00D", 71_003)
PROFILE_ID = salesforce_id("00e", 4)
ADMINISTRATOR = salesforce_id("005", 900_001)  # owns what has no owner; set the org up
AUTOMATION = salesforce_id("005", 900_002)  # the platform's own user, with neither profile nor role

SOURCES = {
    "organic_search": "Web",
    "paid_search": "Paid Search",
    "email": "Email",
    "social": "Social",
    "referral": "Partner Referral",
    "direct": "Direct",
    "event": "Trade Show",
    "other": "Other",
}

COUNTRIES = {"BR": "Brazil", "MX": "Mexico", "US": "United States"}


class Org:
    """Lookups over one `Organisation`; made once and shared by all lives."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.users = {
            rep.key: salesforce_id("005", rep.key)
            for rep in organisation.reps
            if SALESFORCE in rep.systems
        }
        self.names = {rep.key: f"{rep.first_name} {rep.last_name}" for rep in organisation.reps}
        self.campaigns = {
            campaign.key: salesforce_id("701", campaign.key)
            for campaign in organisation.campaigns
            if campaign.system == SALESFORCE
        }
        self.products = {product.key: product for product in organisation.products}
        self.stages: dict[str, Stage] = {
            stage.vendor_id: stage
            for pipeline in organisation.pipelines
            if pipeline.system == SALESFORCE
            for stage in pipeline.stages
        }
        currencies = {rate.currency for rate in organisation.rates} - {CORPORATE_CURRENCY}
        self.currencies = [CORPORATE_CURRENCY, *sorted(currencies)]

    def user(self, rep_key: int | None) -> str:
        """The user's id; a record always has an owner, so the administrator stands in."""
        return ADMINISTRATOR if rep_key is None else self.users.get(rep_key, ADMINISTRATOR)

    def user_name(self, rep_key: int | None) -> str:
        if rep_key is None or rep_key not in self.users:
            return "Integration Administrator"
        return self.names[rep_key]

    def price_id(self, product_key: int, currency: str) -> str:
        return salesforce_id("01u", product_key * 10 + self.currencies.index(currency))


def salesforce_org(organisation: Organisation) -> Org:
    """The lookups of the organisation last asked for: building them for every life is too slow."""
    if not _latest or _latest[0].organisation is not organisation:
        _latest[:] = [Org(organisation)]
    return _latest[0]


_latest: list[Org] = []
