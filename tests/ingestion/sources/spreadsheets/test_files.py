"""Files in every dress: encodings, dialects, titles, merged cells, formulas, hidden sheets."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ingestion.sources.spreadsheets.files import FileRead, read
from tests.ingestion.sources.spreadsheets.conftest import bad, good, of_text

HEADER = "Campanha;Data;Gasto;Moeda"
ROW = "Ação de março;31/03/2026;1.234,50;BRL"
EXPECTED = [
    {"campaign_name": "Ação de março", "spent_on": "2026-03-31", "spend_amount": "1234.5",
     "currency_code": "BRL"}
]  # fmt: skip


def of_book(name: str, workbook: Workbook) -> FileRead:
    content = io.BytesIO()
    workbook.save(content)
    return read(name, "", content.getvalue(), None)


def book(*lines: list[Any], title: str = "Gastos") -> Workbook:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for line in lines:
        sheet.append(line)
    return workbook


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_any_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    quoted = '"1.234,50"' if delimiter == "," else "1.234,50"
    lines = [
        HEADER.replace(";", delimiter),
        ROW.replace("1.234,50", quoted).replace(";", delimiter),
    ]
    found = of_text("gastos.csv", *lines, encoding=encoding)
    assert good(found) == EXPECTED
    assert bad(found) == []


def test_utf_16_with_the_other_mark_and_old_line_ends() -> None:
    content = b"\xfe\xff" + f"{HEADER}\r{ROW}".encode("utf-16-be")
    assert good(read("gastos.csv", "", content, None)) == EXPECTED


def test_titles_blank_rows_repeated_headers_and_totals_are_no_rows() -> None:
    found = of_text(
        "gastos.csv", "Gastos de 2026;;;", ";;;", HEADER, ROW, ";;;", HEADER,
        "TOTAL GERAL;;1.234,50;", "Subtotal;;5;",
    )  # fmt: skip
    assert good(found) == EXPECTED
    assert bad(found) == []


def test_what_excel_writes_for_itself_is_counted_as_a_row() -> None:
    found = of_text("gastos.csv", "sep=;", HEADER, ROW, "X;31/03/2026;nada;BRL")
    assert good(found) == EXPECTED
    assert [row for row, *_ in bad(found)] == [4]


def test_a_file_that_can_be_read_in_two_ways_is_refused_and_a_locale_settles_it() -> None:
    lines = ("Campaign\tDate\tSpend", "Fair\t03/04/2026\t1.234")
    refused = of_text("spend.csv", *lines)
    assert refused.refused is not None
    assert "1.234 (row 2 of spend)" in refused.refused
    assert refused.kinds == {"campaign_spend"}
    [american] = good(of_text("spend.csv", *lines, locale="en-US"))
    [brazilian] = good(of_text("spend.csv", *lines, locale="pt-BR"))
    assert (american["spent_on"], american["spend_amount"]) == ("2026-03-04", "1.234")
    assert (brazilian["spent_on"], brazilian["spend_amount"]) == ("2026-04-03", "1234")


def test_what_contradicts_the_settled_convention_is_a_bad_row() -> None:
    found = of_text("gastos.csv", HEADER, ROW, "B;31/03/2026;12.5;BRL", locale="pt-BR")
    assert found.refused is None
    assert good(found) == EXPECTED
    assert [(row, value) for row, _, value, _ in bad(found)] == [(3, "12.5")]


def test_cells_of_a_workbook_say_what_they_are() -> None:
    found = of_book(
        "x.xlsx",
        book(
            ["Campanha", "Data", "Gasto", "Moeda"],
            ["A", date(2026, 3, 31), 1234.5, "BRL"],
            ["B", datetime(2026, 3, 31, 9, 30), "R$ 2.000,10", None],
            ["C", 46112, 0.1 + 0.2, None],
        ),
    )
    assert [row["spent_on"] for row in good(found)] == ["2026-03-31"] * 3
    assert [row["spend_amount"] for row in good(found)] == ["1234.5", "2000.1", "0.3"]


def test_a_serial_day_of_the_other_calendar() -> None:
    workbook = book(["Campanha", "Data", "Gasto"], ["C", 46112 - 1462, 1])
    workbook.epoch = CALENDAR_MAC_1904
    [row] = good(of_book("x.xlsx", workbook))
    assert row["spent_on"] == "2026-03-31"


def test_a_merged_text_stands_for_each_row_and_a_merged_number_once() -> None:
    workbook = book(
        ["Gastos de campanhas", None, None],
        ["Campanha", "Data", "Gasto"],
        ["Feira", date(2026, 3, 1), 10],
        [None, date(2026, 3, 8), None],
    )
    sheet = workbook.active
    assert sheet is not None
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("C3:C4")
    found = of_book("x.xlsx", workbook)
    assert [row["campaign_name"] for row in good(found)] == ["Feira"]
    assert [(row, reason) for row, _, _, reason in bad(found)] == [(4, "Spend is missing")]


def test_a_formula_that_was_never_computed_says_so() -> None:
    found = of_book("x.xlsx", book(["Campanha", "Data", "Gasto"], ["A", date(2026, 3, 1), "=1+1"]))
    assert good(found) == []
    assert "never computed" in bad(found)[0][3]


def test_hidden_sheets_are_not_read() -> None:
    workbook = book(["Campanha", "Data", "Gasto"], ["A", date(2026, 3, 1), 1])
    hidden = workbook.create_sheet("Gastos antigos")
    hidden.append(["Campanha", "Data", "Gasto"])
    hidden.append(["B", date(2026, 3, 1), 1])
    hidden.sheet_state = "hidden"
    assert [row["campaign_name"] for row in good(of_book("x.xlsx", workbook))] == ["A"]


def test_a_workbook_may_hold_several_kinds_and_notes() -> None:
    workbook = book(["Campanha", "Data", "Gasto"], ["A", date(2026, 3, 1), 1])
    workbook.create_sheet("Custos").append(["Código", "Custo unitário"])
    workbook["Custos"].append(["P", 2])
    workbook.create_sheet("Como preencher").append(["Uma linha por campanha"])
    found = of_book("controle.xlsx", workbook)
    assert found.kinds == {"campaign_spend", "product_costs"}
    assert [sheet.name for sheet in found.sheets if sheet.kind is None] == ["Como preencher"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"PK\x03\x04 broken", "cannot be unpacked"),
        ("a.xlsx", b"Campanha;Data", "no workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        ("a.ods", b"PK\x03\x04", "save it as .xlsx"),
        ("a.csv", b"\xd0\xcf\x11\xe0" + b"\0" * 99, "without a password"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xff\xfea", "is not"),
        ("a.csv", b"a\0b;c", "no text"),
        ("a.csv", b"just;some;words\n1;2;3", "no row is the header"),
        ("metas.csv", b"Equipe;Meta\nS;3", "lacks Period"),
        ("metas.csv", b"a;b\n1;2", "the name says targets"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, content: bytes, reason: str) -> None:
    found = read(name, "", content, None)
    assert found.refused is not None
    assert reason in found.refused
    assert found.sheets == () or not any(sheet.records for sheet in found.sheets)


def test_the_name_tells_the_kind_where_the_header_fits_several() -> None:
    lines = ("Pesquisa;Data;Enviadas;Tipo;Nota", "P;2026-01-31;5;NPS;9")
    assert of_text("pesquisas enviadas.csv", *lines).kinds == {"surveys_sent"}
    assert of_text("encuestas.csv", *lines).kinds == {"surveys"}


def test_a_day_of_another_century_is_set_aside_however_it_is_written() -> None:
    header = ["Campanha", "Data", "Gasto"]
    cells = [date(1900, 3, 1), date(9999, 12, 31), "0202-03-01", "2202-03-01", "01/03/0202"]
    found = of_book("x.xlsx", book(header, *(["Feira", cell, 1] for cell in cells)))
    assert good(found) == []
    assert [reason for *_, reason in bad(found)] == [
        *["Date lies outside of 1990 to 2100"] * 2, *["Date is no day"] * 3,
    ]  # fmt: skip
    metas = book(["Equipe", "Período", "Meta"], ["SMB", date(2202, 1, 1), 1], title="Metas")
    assert [reason for *_, reason in bad(of_book("metas.xlsx", metas))] == [
        "Period lies outside of 1990 to 2100"
    ]
