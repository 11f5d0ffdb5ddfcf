"""One life: a lead that came to nothing, or a customer and all that followed.

`life(config, number)` depends on the seed and the number alone. With `until` it leaves out deals
that begin after that instant: what is left is the same, only shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sandbox.company.births import Config, birth, born_by
from sandbox.company.cases import CASES
from sandbox.company.customers import write_enterprise, write_small
from sandbox.company.leads import write_lead
from sandbox.company.model import Life
from sandbox.company.org import organisation
from sandbox.company.story import Story

_GOLDEN = 0.6180339887498949


def lives(config: Config, at: datetime) -> Iterator[Life]:
    """Every life that may have begun by the instant, one at a time."""
    ordinary = born_by(config, at + timedelta(days=1))
    for number in range(len(CASES) + ordinary):
        yield life(config, number, until=at)


def life(config: Config, number: int, *, until: datetime | None = None) -> Life:
    story = Story(organisation(config.seed), number, Random(f"{config.seed}:{number}"))
    if number < len(CASES):
        CASES[number](story)
        return story.life
    index = number - len(CASES)
    at = story.office(birth(config, index))
    # An even spread, not a draw: a small company has the same mix as a large one.
    mix = ((index + 1) * _GOLDEN + config.seed * 0.1) % 1
    if mix < 0.49:
        write_lead(story, at, mix / 0.49)
    elif mix < 0.84:
        write_small(story, at, until)
    else:
        write_enterprise(story, at, until, in_both=mix > 0.94)
    return story.life
