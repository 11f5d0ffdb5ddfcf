"""Numbers as people write them: `R$ 1.234,56`, `(1,234.56)`, `12,5 %`, `-` for none.

A mark is a decimal or a thousand mark by the file's convention, which all of its numbers settle
together (`conventions.py`); no number is guessed by itself.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

DecimalMark = Literal[",", "."]

# What stands for the currency of a number or of a column.
SIGNS = {
    "R$": "BRL", "US$": "USD", "U$S": "USD", "MX$": "MXN", "MXN$": "MXN", "€": "EUR", "£": "GBP",
}  # fmt: skip
CODES = (
    "BRL", "MXN", "EUR", "USD", "GBP", "ARS", "CLP", "COP", "PEN", "UYU", "CAD", "NGN", "CHF",
    "JPY", "BOB", "PYG", "GTQ", "CRC", "DOP",
)  # fmt: skip

_SIGN = re.compile("|".join([*map(re.escape, SIGNS), r"\$", *(rf"\b{code}\b" for code in CODES)]))
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")
_NONE = frozenset({"", "-", "–", "—", "--", "n/a", "n/d", "nd", "na", "s/d", "null", "none"})
_BODY = re.compile(r"[0-9.,]+")
_GROUPED = {
    ",": re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?|[0-9]+(,[0-9]+)?|,[0-9]+"),
    ".": re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]+(\.[0-9]+)?|\.[0-9]+"),
}
_SPACED = re.compile(r"(?<=[0-9])['’](?=[0-9]{3})")
PLACES = Decimal(1).scaleb(-10)


def is_none(text: str) -> bool:
    """Whether the text says that there is no value."""
    return text.strip().lower() in _NONE


def currency_in(text: str) -> str | None:
    """The currency that a sign or a code in the text names; a bare `$` names none."""
    found = _SIGN.search(text.upper())
    if found is None or found.group() == "$":
        return None
    return SIGNS.get(found.group(), found.group())


def without_currency(text: str) -> str:
    return _SIGN.sub(" ", text) if text.isupper() else _SIGN.sub(" ", _upper_signs(text))


def evidence(text: str) -> DecimalMark | Literal["either"] | None:
    """The decimal mark that the text can only have been written with; `either` where both would
    do and mean different numbers, None where it makes no difference or is no number."""
    body = _body(text)
    if body is None:
        return None
    fits: list[DecimalMark] = [mark for mark in _MARKS if _GROUPED[mark].fullmatch(body.digits)]
    fits = [mark for mark in fits if not _has_odd_group(body.digits, mark)]
    if len(fits) == 1:
        return fits[0]
    if len(fits) == 2 and any(mark in body.digits for mark in ",."):
        return "either"
    return None


def number(text: str, mark: DecimalMark) -> Decimal | None:
    """The number; None where the text is none by this convention."""
    body = _body(text)
    if body is None or not _GROUPED[mark].fullmatch(body.digits):
        return None
    if _has_odd_group(body.digits, mark):
        return None
    other = "." if mark == "," else ","
    value = Decimal(body.digits.replace(other, "").replace(mark, "."))
    if body.is_percent:
        value /= 100
    return -value if body.is_negative else value


def plain_text(value: Decimal) -> str:
    """As raw takes it: no exponent, no more than ten places."""
    text = format(value.quantize(PLACES) if value.as_tuple().exponent < -10 else value, "f")  # type: ignore[operator]
    return text.rstrip("0").rstrip(".") if "." in text else text


_MARKS: tuple[DecimalMark, DecimalMark] = (",", ".")


class _Body:
    def __init__(self, digits: str, *, is_negative: bool, is_percent: bool) -> None:
        self.digits = digits
        self.is_negative = is_negative
        self.is_percent = is_percent


def _body(text: str) -> _Body | None:
    rest = _BLANKS.sub(" ", without_currency(text)).strip()
    is_percent = rest.endswith("%")
    if is_percent:
        rest = rest[:-1].strip()
    is_negative = False
    if rest.startswith("(") and rest.endswith(")"):
        is_negative, rest = True, rest[1:-1].strip()
    rest = rest.replace("−", "-")
    if rest.startswith(("-", "+")):
        is_negative, rest = is_negative or rest[0] == "-", rest[1:].strip()
    elif rest.endswith("-"):
        is_negative, rest = True, rest[:-1].strip()
    if is_percent is False and rest.endswith("%"):
        is_percent, rest = True, rest[:-1].strip()
    rest = _SPACED.sub("", rest)
    if " " in rest:
        if not re.fullmatch(r"[0-9]{1,3}( [0-9]{3})+([.,][0-9]+)?", rest):
            return None
        rest = rest.replace(" ", "")
        if rest.count(",") + rest.count(".") == 1 and rest[-4] in ",.":
            # Blanks part the thousands, so the mark parts the decimals, three of them too.
            rest += "0"
    if not _BODY.fullmatch(rest) or not any(letter.isdigit() for letter in rest):
        return None
    return _Body(rest, is_negative=is_negative, is_percent=is_percent)


def _has_odd_group(digits: str, mark: DecimalMark) -> bool:
    """Nobody writes 0.123 and means a hundred and twenty-three."""
    other = "." if mark == "," else ","
    return other in digits and digits.startswith("0")


def _upper_signs(text: str) -> str:
    return re.sub(
        r"[A-Za-z$€£]+",
        lambda found: found.group().upper() if _is_sign(found.group()) else found.group(),
        text,
    )


def _is_sign(word: str) -> bool:
    return word.upper() in CODES or word.upper() in SIGNS or word == "$"
