"""What customers answer, and whether those who are satisfied come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tests.oracle.periods import GRAINS, LONG, Calendar, Period
from tests.oracle.places import of_country
from tests.oracle.records import Survey, World
from tests.oracle.sales import purchases
from tests.oracle.tally import TOTAL, Place, Row, Sheet

SATISFIED = 4
PROMOTER, DETRACTOR = 9, 6
RETURNS_WITHIN = timedelta(days=180)


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    csat = Sheet(calendar, "csat", "ratio")
    for period, survey in _last(world, calendar, "CSAT", by_survey=True):
        places = of_country(world, survey.account)
        csat.add([period], places, int(survey.score >= SATISFIED), 1)
    yield from csat.rows()
    nps = Sheet(calendar, "nps", "ratio")
    for period, survey in _last(world, calendar, "NPS", by_survey=False):
        vote = (survey.score >= PROMOTER) - (survey.score <= DETRACTOR)
        nps.add([period], of_country(world, survey.account), 100 * vote, 1)
    yield from nps.rows()
    yield from _responses(world, calendar)
    yield from _repurchases(world, calendar)


def _last(
    world: World,
    calendar: Calendar,
    kind: str,
    *,
    by_survey: bool,
    grains: tuple[str, ...] = GRAINS,
) -> list[tuple[Period, Survey]]:
    """The last answer per period and voter; who did not say a name is a voter of their own."""
    found: dict[tuple[Period, object, str], Survey] = {}
    for survey in sorted(world.surveys, key=lambda each: (each.answered_at, each.key)):
        if survey.kind == kind:
            voter = survey.person if survey.person is not None else ("answer", survey.key)
            which = survey.survey if by_survey else ""
            for period in calendar.of(calendar.day(survey.answered_at), grains):
                found[period, voter, which] = survey
    return [(period, survey) for (period, _, _), survey in found.items()]


def _responses(world: World, calendar: Calendar) -> Iterator[Row]:
    """Only surveys of which it is known how many were sent."""
    sheet = Sheet(calendar, "survey_response_rate", "ratio", unsaid=("n",))
    known = {name for name, _, _ in world.surveys_sent}
    for _, day, count in world.surveys_sent:
        sheet.add(day, [TOTAL], 0, count)
    for survey in world.surveys:
        if survey.name in known:
            sheet.add(calendar.day(survey.answered_at), [TOTAL], 1, 0)
    yield from sheet.rows()


def _repurchases(world: World, calendar: Calendar) -> Iterator[Row]:

    def is_mature(period: Period, _: Place) -> bool:
        return period.end + RETURNS_WITHIN <= calendar.today

    happy, unhappy = (
        Sheet(calendar, f"{name}_repurchase_rate_cohort", "ratio", LONG, mature=is_mature)
        for name in ("satisfied", "unsatisfied")
    )
    bought = {key: [each.on for each in deals] for key, deals in purchases(world).items()}
    for period, survey in _last(world, calendar, "CSAT", by_survey=False, grains=LONG):
        if survey.person is None or survey.account is None:
            continue
        answered_on = calendar.day(survey.answered_at)
        returned = _returns(bought.get(survey.account, []), answered_on)
        sheet = happy if survey.score >= SATISFIED else unhappy
        sheet.add([period], of_country(world, survey.account), int(returned), 1)
    yield from happy.rows()
    yield from unhappy.rows()


def _returns(days: list[date], answered_on: date) -> bool:
    return any(answered_on < day <= answered_on + RETURNS_WITHIN for day in days)
