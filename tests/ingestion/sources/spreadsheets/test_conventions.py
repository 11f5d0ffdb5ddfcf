"""Numbers, days and periods read back as they were meant, whichever office wrote them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.engine.errors import FatalError
from ingestion.sources.spreadsheets.conventions import (
    LOCALES,
    Found,
    Shown,
    UnsettledError,
    declared,
    settle,
)
from ingestion.sources.spreadsheets.dates import day, of_serial, order_evidence
from ingestion.sources.spreadsheets.numbers import currency_in, evidence, number, plain_text
from ingestion.sources.spreadsheets.periods import period

NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
MONTHS = {
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "en": "January February March April May June July August September October November December",
}
NOTHING = Shown()


def written(value: Decimal, locale: str, *, is_grouped: bool, dress: str) -> str:
    text = f"{abs(value):,.2f}" if is_grouped else f"{abs(value):.2f}"
    if LOCALES[locale][0] == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    if value < 0:
        text = f"({text})" if dress in ("R$ ", "€") else f"-{text}"
    return f"{text} {dress}" if dress == "€" else f"{dress}{text}"


@given(
    NUMBERS,
    st.sampled_from(sorted(LOCALES)),
    st.booleans(),
    st.sampled_from(["", "R$ ", "R$\u00a0", "$", "€", "MXN "]),
)
def test_a_number_of_any_locale_reads_back(
    value: Decimal, locale: str, is_grouped: bool, dress: str
) -> None:
    text = written(value, locale, is_grouped=is_grouped, dress=dress)
    assert number(text, LOCALES[locale][0]) == value
    # Two decimals prove which mark they were written with.
    assert evidence(text) == LOCALES[locale][0]


@given(NUMBERS)
def test_raw_takes_every_number_to_the_cent(value: Decimal) -> None:
    assert Decimal(plain_text(value)) == value
    assert "E" not in plain_text(value)


@given(DAYS, st.sampled_from(sorted(LOCALES)), st.sampled_from("/-. "), st.booleans())
def test_a_day_of_any_locale_reads_back(of: date, locale: str, mark: str, is_padded: bool) -> None:
    order = LOCALES[locale][1]
    parts = [of.day, of.month] if order == "dmy" else [of.month, of.day]
    text = mark.join([*(f"{part:02}" if is_padded else str(part) for part in parts), str(of.year)])
    assert day(text, order) == of
    assert order_evidence(text) in (order, "either", None)


@given(DAYS, st.sampled_from(["dmy", "mdy"]))
def test_days_that_name_their_parts_need_no_order(of: date, order: str) -> None:
    texts = [
        of.isoformat(),
        f"{of.isoformat()} 00:00:00",
        f"{of:%Y%m%d}",
        f"{of.isoformat()}T09:30:00Z",
    ]
    for language, names in MONTHS.items():
        name = names.split()[of.month - 1]
        texts.append(f"{of.day} de {name} de {of.year}")
        texts.append(f"{of.day}-{name[:3]}-{of.year}")
        if language == "en":
            texts.append(f"{name} {of.day}, {of.year}")
    assert {day(text, order) for text in texts} == {of}  # type: ignore[arg-type]


@given(DAYS)
def test_a_day_that_lost_its_format_is_found_again(of: date) -> None:
    assert of_serial((of - date(1899, 12, 30)).days) == of
    assert day(str((of - date(1899, 12, 30)).days), "dmy") == of
    assert of_serial((of - date(1904, 1, 1)).days, is_1904=True) == of


@pytest.mark.parametrize(
    ("text", "comma", "point"),
    [
        ("1.234", "1234", "1.234"),
        ("1.234.567", "1234567", None),
        ("12,5 %", "0.125", None),
        ("(1,000.50)", None, "-1000.50"),
        ("10-", "-10", "-10"),
        ("1 234,5", "1234.5", None),
        ("1'234.5", None, "1234.5"),
        ("0,123", "0.123", None),
        ("1,23,456", None, None),
        ("doze", None, None),
        ("--5", None, None),
        ("1.2.3", None, None),
    ],
)
def test_the_mark_decides(text: str, comma: str | None, point: str | None) -> None:
    assert number(text, ",") == (Decimal(comma) if comma else None)
    assert number(text, ".") == (Decimal(point) if point else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(text, date(2026, 3, 1)) for text in (
            "2026-03", "03/2026", "mar/26", "março de 2026", "marzo 2026", "March 2026", "202603",
            "mar-26", "2026 mar",
        )],
        *[(text, date(2026, 4, 1)) for text in (
            "2026-Q2", "Q2 2026", "2T 2026", "T2/2026", "2º trimestre de 2026", "2T26", "2Q2026",
        )],
        ("2026", date(2026, 1, 1)),
        ("2026-W02", date(2026, 1, 5)),
        ("semana 2 2026", date(2026, 1, 5)),
        ("15/03/2026", date(2026, 3, 15)),
        ("M03", date(2025, 3, 1)),
        ("jul", date(2025, 7, 1)),
        ("T3", date(2025, 7, 1)),
    ],
)  # fmt: skip
def test_periods(text: str, expected: date) -> None:
    found = period(text)
    assert found is not None
    assert found.start(2025) == expected


@pytest.mark.parametrize("text", ["5T 2026", "13/2026", "M13", "total", "2026-W54", "Equipe"])
def test_what_is_no_period(text: str) -> None:
    assert period(text) is None


def found(*texts: str) -> list[Found]:
    return [Found(text, f"row {row}") for row, text in enumerate(texts, 2)]


def test_one_value_settles_all_others() -> None:
    assert settle(found("1.234", "2.000,5"), found("03/04/2026", "31/01/2026"), NOTHING, None) == (
        settle(found("2.000,5"), found("31/01/2026"), NOTHING, "en-US")
    )
    assert settle(found("1.234", "0.5"), [], NOTHING, "pt-BR").decimal == "."


def test_the_locale_decides_what_no_value_settles() -> None:
    assert settle(found("1.234"), found("03/04/2026"), NOTHING, "en-US").order == "mdy"
    assert settle(found("1.234"), [], NOTHING, "es-ES").decimal == ","
    assert settle(found("1.234"), [], Shown(delimiter=","), "pt-BR").decimal == ","


def test_what_a_file_shows_of_its_origin_comes_last() -> None:
    assert settle(found("1.234"), found("03/04/2026"), Shown(delimiter=";"), None).decimal == ","
    portuguese = Shown(languages=frozenset({"pt"}))
    assert str(settle(found("1.234"), found("03/04/2026"), portuguese, None)) == (
        "decimal , order dmy"
    )


@pytest.mark.parametrize(
    ("numbers", "days"),
    [
        (["1.234"], []),
        ([], ["03/04/2026"]),
        (["1,5", "1.5"], []),
        ([], ["13/01/2026", "01/13/2026"]),
    ],
)
def test_a_file_that_settles_nothing_is_refused(numbers: list[str], days: list[str]) -> None:
    with pytest.raises(UnsettledError, match="SPREADSHEETS_LOCALE") as told:
        settle(found(*numbers), found(*days), NOTHING, None)
    assert "row 2" in str(told.value)


def test_currencies_are_named_by_signs_and_codes_but_not_by_a_bare_dollar() -> None:
    texts = ["R$ 5", "5 €", "US$ 1", "MX$2", "mxn 3", "$ 4", "5"]
    assert [currency_in(text) for text in texts] == [
        "BRL", "EUR", "USD", "MXN", "MXN", None, None,
    ]  # fmt: skip


def test_a_locale_that_is_unknown_is_said() -> None:
    assert declared({"SPREADSHEETS_LOCALE": "pt_br"}) == "pt-BR"
    assert declared({}) is None
    with pytest.raises(FatalError, match="must be one of pt-BR"):
        declared({"SPREADSHEETS_LOCALE": "klingon"})
