"""When the keeper fetches a token, and what it does while none is to be had."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.errors import CredentialsError, RetriableError


@dataclass
class Vendor:
    """Hands out numbered tokens that live `life` seconds, unless it `fails`."""

    life: float | None = 1800.0
    now: float = 0.0
    asked: int = 0
    fails: Exception | None = None
    keeper: TokenKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = TokenKeeper(self.fetch, clock=lambda: self.now)

    def fetch(self) -> Token:
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        ends = None if self.life is None else self.now + self.life
        return Token(str(self.asked), expires_at=ends)

    def at(self, now: float) -> str:
        self.now = now
        return self.keeper.current().value


def test_a_token_is_renewed_a_minute_before_its_end() -> None:
    vendor = Vendor()
    assert [vendor.at(now) for now in (0, 1739, 1740, 1800, 3479, 3480)] == list("112223")


def test_a_short_lived_token_is_of_some_use() -> None:
    vendor = Vendor(life=20)
    assert [vendor.at(now) for now in (0, 17, 18, 35, 36)] == list("11223")


def test_a_token_without_an_end_is_kept() -> None:
    vendor = Vendor(life=None)
    assert [vendor.at(now) for now in (0, 1e6)] == ["1", "1"]


def test_the_old_token_serves_while_a_new_one_is_not_to_be_had() -> None:
    vendor = Vendor()
    vendor.at(0)
    vendor.fails = RetriableError("the vendor is down")
    assert vendor.at(1745) == "1"
    assert vendor.at(1746) == "1"
    assert vendor.asked == 2, "asked again at once"
    assert vendor.at(1761) == "1"
    assert vendor.asked == 3
    with pytest.raises(RetriableError):
        vendor.at(1800)
    vendor.fails = None
    assert vendor.at(1801) == "5"


def test_a_refusal_is_not_waited_out() -> None:
    vendor = Vendor()
    vendor.at(0)
    vendor.fails = CredentialsError("no longer")
    with pytest.raises(CredentialsError):
        vendor.at(1745)
