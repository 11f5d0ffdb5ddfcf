"""How well records of several CRMs are known for one: `python -m orchestration.identity`.

Precision and recall over pairs of records of two CRMs, from the published file against what the
invented company truly is. Each pair counts for the rule that joined the whole.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Protocol

import duckdb

from orchestration.local import DEMO_HOME, company_file, published_file

LEAST_PRECISION = 0.995
LEAST_RECALL = 0.97
MEASURED = ("account", "person")  # the bars above stand for these
# Where the published ids of each entity stand. A converted lead is its contact.
_IDS = {
    "account": (
        "pub_accounts",
        "hubspot_company_id",
        "salesforce_account_id",
        "pipedrive_organization_id",
    ),
    "person": (
        "pub_people",
        "hubspot_contact_id",
        "coalesce(salesforce_contact_id, salesforce_lead_id)",
        "pipedrive_person_id",
    ),
    "opportunity": (
        "pub_opportunities",
        "hubspot_deal_id",
        "salesforce_opportunity_id",
        "pipedrive_deal_id",
    ),
}
_SYSTEMS = ("hubspot", "salesforce", "pipedrive")

Record = tuple[str, str]  # CRM and id
Pair = frozenset[Record]


class Identified(Protocol):
    """A record and what it truly is; `sandbox.company.identities` yields them."""

    @property
    def entity(self) -> str: ...
    @property
    def source_system(self) -> str: ...
    @property
    def vendor_id(self) -> str: ...
    @property
    def true_key(self) -> int: ...


@dataclass
class Score:
    """Pairs of one entity. `wrong` and `missed` hold them, to be looked at."""

    entity: str
    right: int = 0
    wrong: list[Pair] = field(default_factory=list)
    missed: list[Pair] = field(default_factory=list)
    rules: Counter[tuple[str, bool]] = field(default_factory=Counter)  # rule, right

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong)) if self.right + len(self.wrong) else 1.0

    @property
    def recall(self) -> float:
        return (
            self.right / (self.right + len(self.missed)) if self.right + len(self.missed) else 1.0
        )


def measure(published: Path, truth: Iterable[Identified]) -> dict[str, Score]:
    """The scores of accounts, people and deals."""
    groups: dict[tuple[str, int], list[Record]] = {}
    for each in truth:
        key = (each.entity, each.true_key)
        groups.setdefault(key, []).append((each.source_system, each.vendor_id))
    true_pairs: dict[str, set[Pair]] = {entity: set() for entity in _IDS}
    for (entity, _), records in groups.items():
        true_pairs[entity] |= _pairs(records)
    found: dict[str, Score] = {}
    with duckdb.connect(published, read_only=True) as connection:
        for entity, (table, *columns) in _IDS.items():
            rows = connection.execute(
                f"select match_rule, {', '.join(columns)} from {table} where match_rule <> 'single'"
            ).fetchall()
            found[entity] = _score(entity, rows, true_pairs[entity])
    return found


def _score(entity: str, rows: Iterable[Sequence[str | None]], true_pairs: set[Pair]) -> Score:
    score = Score(entity)
    joined: set[Pair] = set()
    for rule, *ids in rows:
        records = [(system, each) for system, each in zip(_SYSTEMS, ids, strict=True) if each]
        for pair in _pairs(records):
            joined.add(pair)
            is_right = pair in true_pairs
            score.rules[str(rule), is_right] += 1
            if is_right:
                score.right += 1
            else:
                score.wrong.append(pair)
    score.wrong.sort(key=sorted)
    score.missed = sorted(true_pairs - joined, key=sorted)
    return score


def _pairs(records: Iterable[Record]) -> set[Pair]:
    """Pairs of two CRMs."""
    return {frozenset(two) for two in combinations(records, 2) if two[0][0] != two[1][0]}


def is_good(scores: dict[str, Score]) -> bool:
    return all(
        scores[entity].precision >= LEAST_PRECISION and scores[entity].recall >= LEAST_RECALL
        for entity in MEASURED
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make identity", description=__doc__)
    parser.add_argument("--published", type=Path, default=published_file(DEMO_HOME))
    parser.add_argument("--store", type=Path, default=company_file(DEMO_HOME))
    parser.add_argument("--pairs", action="store_true", help="name the wrong and the missed ones")
    chosen = parser.parse_args(arguments)
    for path in (chosen.published, chosen.store):
        if not path.exists():
            print(f"{path} is not there yet: run `make demo` first", file=sys.stderr)
            return 1

    from sandbox.company.identities import identities  # heavy, and needed only now

    scores = measure(chosen.published, identities(chosen.store))
    print(
        f"{'pairs of two CRMs':<36}{'right':>8}{'wrong':>8}{'missed':>8}{'precision':>11}{'recall':>9}"
    )
    for score in scores.values():
        print(
            f"{score.entity:<36}{score.right:>8}{len(score.wrong):>8}{len(score.missed):>8}"
            f"{score.precision:>11.4f}{score.recall:>9.4f}"
        )
        for rule in sorted({rule for rule, _ in score.rules}):
            right, wrong = score.rules[rule, True], score.rules[rule, False]
            print(f"  {rule:<34}{right:>8}{wrong:>8}{'':>8}{right / (right + wrong):>11.4f}")
        if chosen.pairs:
            for word, pairs in (("wrong", score.wrong), ("missed", score.missed)):
                for pair in pairs:
                    print(f"  {word}: " + " and ".join(" ".join(each) for each in sorted(pair)))
    good = is_good(scores)
    print(
        f"accounts and people: precision at least {LEAST_PRECISION}, recall at least {LEAST_RECALL}: "
        + ("yes" if good else "NO")
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
