"""The ids that the two vendors give to the company's objects: functions of kind and key, no state.

HubSpot's are numbers that do not grow with time, Salesforce's are 18 characters of which the last
three say which of the first fifteen are capitals.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID, uuid5
from zlib import crc32

KEYS = 1 << 38  # keys are below this, so an id has at most twelve digits

_MASK = KEYS - 1
_FIRST = 100_000_000  # no id is shorter than nine digits, as in a portal of some years
_SPACE = UUID("6d0c7f52-8f3b-4d0e-9d52-6f6a3f1f8c11")

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_POD = "Hb0"  # where the org lives, the same for all its records
_CAPITALS = {ord(letter): "1" if letter.isupper() else "0" for letter in _DIGITS}


@lru_cache(maxsize=1 << 15)
def hubspot_id(kind: str, key: int) -> int:
    """A permutation of the keys of one kind, so ids tell nothing of the order of creation."""
    if not 0 <= key < KEYS:
        raise ValueError(f"{kind}: key {key} is outside 0 to {KEYS - 1}")
    # An odd factor and a shifted xor can both be undone modulo a power of two: no two keys meet.
    value = (key * 0x9E3779B97F + crc32(kind.encode()) * 8191) & _MASK
    value ^= value >> 19
    value = (value * 0xC2B2AE3D27) & _MASK
    return _FIRST + value


def hubspot_uuid(kind: str, key: int) -> str:
    """For what HubSpot knows by a uuid: campaigns, call outcomes."""
    return str(uuid5(_SPACE, f"{kind}/{key}"))


@lru_cache(maxsize=1 << 16)
def salesforce_id(prefix: str, key: int) -> str:
    """The 18-character id of the record with this key in the object of this key prefix."""
    if len(prefix) != 3 or key < 0:
        raise ValueError(f"no Salesforce id for prefix {prefix!r} and key {key}")
    rest, last = divmod(key, 3844)
    rest, third = divmod(rest, 3844)
    rest, second = divmod(rest, 3844)
    rest, first = divmod(rest, 3844)
    if rest >= 62:
        raise ValueError(f"{prefix}: key {key} needs more than nine digits")
    short = (
        f"{prefix}{_POD}{_DIGITS[rest]}{_PAIRS[first]}{_PAIRS[second]}{_PAIRS[third]}{_PAIRS[last]}"
    )
    return short + checksum(short)


def checksum(short: str) -> str:
    """Three letters, each telling which of five characters are capitals, the first one lowest."""
    bits = short.translate(_CAPITALS)
    return (
        _SUFFIX[int(bits[4::-1], 2)] + _SUFFIX[int(bits[9:4:-1], 2)] + _SUFFIX[int(bits[:9:-1], 2)]
    )
