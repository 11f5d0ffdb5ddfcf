"""What a HubSpot portal knows of the organisation, ready to be looked up by key."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sandbox.company.identity import hubspot_id
from sandbox.company.model import HUBSPOT, SALESFORCE, Organisation, Pipeline, Rep, Stage

PORTAL_ID = 44871302
HOME_CURRENCY = "USD"
# Accounts and users made from then on carry one number as owner and as user.
_ONE_NUMBER_FROM = datetime(2024, 6, 1, tzinfo=UTC)
_EIGHT_PLACES = Decimal("0.00000001")

SOURCES = {
    "organic_search": ("ORGANIC_SEARCH", "google"),
    "paid_search": ("PAID_SEARCH", "google ads"),
    "email": ("EMAIL_MARKETING", "newsletter"),
    "social": ("SOCIAL_MEDIA", "linkedin"),
    "referral": ("REFERRALS", "partner.example"),
    "direct": ("DIRECT_TRAFFIC", None),
    "event": ("OFFLINE", "CONTACTS"),
    "other": ("OTHER_CAMPAIGNS", None),
}

COUNTRIES = {"BR": "Brazil", "MX": "Mexico", "US": "United States"}


class Portal:
    """Lookups over one `Organisation`; made once and shared by all lives."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.reps = {rep.key: rep for rep in organisation.reps}
        self.owners = {rep.key: str(hubspot_id("owner", rep.key)) for rep in _sellers(organisation)}
        self.users = {rep.key: user_id(rep) for rep in _sellers(organisation)}
        self.campaigns = {campaign.key: campaign for campaign in organisation.campaigns}
        self.products = {product.key: product for product in organisation.products}
        self._pipelines = {pipeline.key: _listed(pipeline) for pipeline in organisation.pipelines}
        self._mirror = _mirror(organisation)
        self._rates: dict[str, tuple[list[date], list[Decimal]]] = {}
        for rate in sorted(organisation.rates, key=lambda each: each.starts_on):
            days, units = self._rates.setdefault(rate.currency, ([], []))
            days.append(rate.starts_on)
            units.append(conversion(rate.units_per_usd))

    def owner(self, rep_key: int | None) -> str | None:
        """The owner id, or None for nobody and for those who have no seat in HubSpot."""
        return None if rep_key is None else self.owners.get(rep_key)

    def user(self, rep_key: int | None) -> int | None:
        return None if rep_key is None else self.users.get(rep_key)

    def pipeline(self, key: str) -> tuple[str, dict[str, Stage]]:
        """HubSpot's pipeline id, and its stages by the stage ids that a deal's timeline holds."""
        return self._mirror.get(key) or self._pipelines[key]

    def rate(self, currency: str, day: date) -> Decimal | None:
        """What one unit is in the home currency, or None before the first rate."""
        if currency == HOME_CURRENCY:
            return Decimal(1)
        days, units = self._rates.get(currency, ([], []))
        index = bisect_right(days, day)
        return units[index - 1] if index else None


def portal(organisation: Organisation) -> Portal:
    """The lookups of the organisation last asked for: building them for every life is too slow."""
    if not _latest or _latest[0].organisation is not organisation:
        _latest[:] = [Portal(organisation)]
    return _latest[0]


_latest: list[Portal] = []


def conversion(units_per_usd: Decimal) -> Decimal:
    return (1 / units_per_usd).quantize(_EIGHT_PLACES, ROUND_HALF_UP)


def user_id(rep: Rep) -> int:
    """The user's number, which is not the owner's for those who came first."""
    return hubspot_id("owner" if rep.joined_at >= _ONE_NUMBER_FROM else "user", rep.key)


def mirror_of(organisation: Organisation) -> Pipeline | None:
    """The pipeline into which deals are synced from Salesforce: the one with a numeric id."""
    return next(
        (p for p in organisation.pipelines if p.system == HUBSPOT and p.vendor_id.isdigit()), None
    )


def _sellers(organisation: Organisation) -> list[Rep]:
    return [rep for rep in organisation.reps if HUBSPOT in rep.systems]


def _listed(pipeline: Pipeline) -> tuple[str, dict[str, Stage]]:
    return pipeline.vendor_id, {stage.vendor_id: stage for stage in pipeline.stages}


def _mirror(organisation: Organisation) -> dict[str, tuple[str, dict[str, Stage]]]:
    """Salesforce pipelines by key: each stage is shown as the mirror's stage in the same place."""
    mirror = mirror_of(organisation)
    if mirror is None:
        return {}
    twins = sorted(mirror.stages, key=lambda stage: stage.order)
    found = {}
    for pipeline in organisation.pipelines:
        if pipeline.system == SALESFORCE:
            stages = sorted(pipeline.stages, key=lambda stage: stage.order)
            ids = [stage.vendor_id for stage in stages]
            found[pipeline.key] = (mirror.vendor_id, dict(zip(ids, twins, strict=True)))
    return found
