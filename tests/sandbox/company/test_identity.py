"""Ids: unique, not in the order of creation, and with the right checksum."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sandbox.company.identity import KEYS, checksum, hubspot_id, hubspot_uuid, salesforce_id


def test_hubspot_ids_of_one_kind_never_meet() -> None:
    keys = [*range(20_000), *range(KEYS - 20_000, KEYS)]
    assert len({hubspot_id("deals", key) for key in keys}) == len(keys)


def test_hubspot_ids_do_not_grow_with_the_key() -> None:
    ids = [hubspot_id("contacts", key) for key in range(1, 400)]
    rising = sum(1 for first, second in pairwise(ids) if second > first)
    assert 120 < rising < 280


def test_hubspot_ids_differ_between_kinds() -> None:
    assert hubspot_id("owner", 5) != hubspot_id("user", 5)


def test_hubspot_ids_have_at_most_twelve_digits() -> None:
    assert 10**8 <= hubspot_id("deals", 1) < 10**12
    assert hubspot_id("deals", KEYS - 1) < 10**12


@pytest.mark.parametrize("key", [-1, KEYS])
def test_a_key_out_of_range_is_refused(key: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        hubspot_id("deals", key)


# Worked out by hand: Z and T in the last five characters are 2 + 8, the eleventh letter.
@pytest.mark.parametrize(
    ("short", "suffix"),
    [
        ("00570000001ZwTi", "AAK"),
        ("000000000000000", "AAA"),
        ("AAAAAAAAAAAAAAA", "555"),
        ("A0000A0000A0000", "BBB"),
        ("0000A0000A0000A", "QQQ"),
    ],
)
def test_checksum_marks_the_capitals(short: str, suffix: str) -> None:
    assert checksum(short) == suffix


def test_salesforce_ids_have_eighteen_characters_and_their_prefix() -> None:
    found = salesforce_id("006", 1_234_567_890_123)
    assert len(found) == 18
    assert found.startswith("006")
    assert found[15:] == checksum(found[:15])


def test_salesforce_ids_of_one_object_never_meet() -> None:
    keys = [*range(10_000), *range(10**12, 10**12 + 10_000)]
    assert len({salesforce_id("00T", key) for key in keys}) == len(keys)


def test_salesforce_refuses_a_key_without_room() -> None:
    with pytest.raises(ValueError, match="nine digits"):
        salesforce_id("001", 62**9)


def test_campaign_uuids_are_the_same_every_time() -> None:
    assert hubspot_uuid("campaign", 3) == hubspot_uuid("campaign", 3)
    assert hubspot_uuid("campaign", 3) != hubspot_uuid("campaign", 4)
