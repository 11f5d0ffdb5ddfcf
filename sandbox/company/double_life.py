"""The lives of those who stand in several CRMs without a link: entered twice, or only looking alike.

They need all three CRMs, so they are there when the partner unit is. Their numbers begin above the
unit's, so no key and no address is ever in both. None of them depends on the company's size.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random

from sandbox.company.births import Config
from sandbox.company.double_cases import DOUBLE_CASES
from sandbox.company.model import Life
from sandbox.company.pipedrive_org import whole_organisation
from sandbox.company.story import Story

FIRST_LIFE = 41_000_000


def double_lives(config: Config, at: datetime) -> Iterator[Life]:
    """Every life of this kind; what each CRM shows of it by the instant is the views' matter."""
    if config.has_partners:
        for number in range(len(DOUBLE_CASES)):
            yield double_life(config, number)


def double_life(config: Config, number: int) -> Life:
    """The life with this number, from 0."""
    rng = Random(f"doubles:{config.seed}:{number}")
    story = Story(whole_organisation(config.seed), FIRST_LIFE + number, rng)
    DOUBLE_CASES[number](story)
    return story.life


def double_number_of(code: str) -> int:
    """The number of the life that holds a case."""
    return [case.__name__ for case in DOUBLE_CASES].index(code)
