"""Those who stand in several CRMs are really there, and the truth counts each of them once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sandbox.company import DEFAULT_NOW, generate
from sandbox.company.births import Config
from sandbox.company.double_cases import DOUBLE_CASES
from sandbox.company.double_life import double_life, double_lives, double_number_of
from sandbox.company.identities import Identity, identities
from sandbox.company.model import Life
from sandbox.company.story import KEYS_PER_LIFE
from sandbox.company.visible import Visible

_CONFIG = Config(seed=7, deals=300, has_partners=True)


def _case(code: str) -> Life:
    return double_life(_CONFIG, double_number_of(code))


def _true_companies(code: str) -> int:
    return sum(1 for _ in Visible(_case(code), DEFAULT_NOW).companies())


@pytest.mark.parametrize("code", [case.__name__ for case in DOUBLE_CASES])
def test_a_copy_is_of_one_that_was_entered_before_in_another_crm(code: str) -> None:
    each = _case(code)
    records = {item.key: item for item in (*each.companies, *each.people, *each.deals)}
    assert all(key // KEYS_PER_LIFE == each.number for key in records)
    for item in records.values():
        if item.copy_of is not None:
            original = records[item.copy_of]
            assert type(original) is type(item)
            assert original.copy_of is None
    # Without a company there is nothing to confuse.
    assert len(each.companies) >= 2 or code == "conflicting_chain"


@pytest.mark.parametrize(
    ("code", "companies"),
    [
        ("known_by_tax_id", 1),
        ("known_by_name_and_country", 1),
        ("known_by_nothing", 1),
        ("same_name_two_countries", 2),
        ("same_name_other_domains", 2),
        ("free_mail_domain", 2),
        ("parent_and_subsidiary", 2),
        ("conflicting_chain", 2),
        ("renamed_and_double", 1),
    ],
)
def test_the_truth_knows_how_many_companies_there_are(code: str, companies: int) -> None:
    assert _true_companies(code) == companies


def test_a_deal_entered_twice_counts_once_and_a_lookalike_counts_too() -> None:
    counted = {
        code: sum(1 for _ in Visible(_case(code), DEFAULT_NOW).deals())
        for code in ("deal_known_by_name", "deal_known_by_owner", "deal_lookalike")
    }
    assert counted == {"deal_known_by_name": 1, "deal_known_by_owner": 1, "deal_lookalike": 2}


def test_without_the_partner_unit_there_are_none() -> None:
    assert list(double_lives(Config(7, 300), DEFAULT_NOW)) == []


def test_every_record_of_the_crms_is_listed_once_with_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "company.sqlite"
    generate(path, deals=60, seed=7, has_partners=True)
    found = list(identities(path))
    records = Counter(each[:3] for each in found)
    assert set(records.values()) == {1}
    groups: dict[tuple[str, int], list[Identity]] = {}
    for each in found:
        groups.setdefault((each.entity, each.true_key), []).append(each)
    systems = Counter(
        (entity, len({each.source_system for each in group}))
        for (entity, _), group in groups.items()
    )
    assert systems["account", 3] >= 4
    assert systems["person", 3] >= 3
    assert systems["opportunity", 2] >= 2
