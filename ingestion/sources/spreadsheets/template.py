"""Empty sheets to fill in, in three languages, made from what the reader knows.

They hold no example rows: somebody would leave them in, and they would count.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ingestion.sources.spreadsheets.kinds import KINDS
from ingestion.sources.spreadsheets.words import LANGUAGES, Column, Kind, Language

SUFFIXES = (".xlsx", ".csv")
REQUIRED = " *"
LAST_ROW = 5000  # as far as lists of choices are offered
_HELP = {
    "en": ("required", "one of", "for example"),
    "es": ("obligatorio", "uno de", "por ejemplo"),
    "pt": ("obrigatório", "um de", "por exemplo"),
}


def write(kind: str, language: Language, out: Path) -> None:
    """Write the template of a kind; the name's suffix says as what."""
    described = KINDS[kind]
    if out.suffix.lower() == ".csv":
        out.write_bytes(_csv(described, language))
        return
    _workbook(described, language).save(out)


def headers(kind: Kind, language: Language) -> list[str]:
    return [column.label(language) + REQUIRED * column.required for column in _columns(kind)]


def _columns(kind: Kind) -> list[Column]:
    """Those with an example: the others are read where people have them."""
    return [column for column in kind.columns if column.examples]


def _csv(kind: Kind, language: Language) -> bytes:
    """As spreadsheet programs open it by a double click: with a mark, and parted as they part."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="," if language == "en" else ";")
    writer.writerow(headers(kind, language))
    return text.getvalue().encode("utf-8-sig")


def _workbook(kind: Kind, language: Language) -> Workbook:
    workbook = Workbook()
    sheet = workbook.active
    if sheet is None:
        raise TypeError("a new workbook has a sheet")
    sheet.title = kind.titles[LANGUAGES.index(language)]
    sheet.append(headers(kind, language))
    sheet.freeze_panes = "A2"
    for number, column in enumerate(_columns(kind), 1):
        cell = sheet.cell(row=1, column=number)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE8F0")
        cell.comment = Comment(_help(column, language), "Sales Heartbeat")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, len(str(cell.value)) + 4)
        area = f"{letter}2:{letter}{LAST_ROW}"
        if column.choices is not None:
            offered = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"')
            offered.add(area)
            sheet.add_data_validation(offered)
        if column.type == "date":
            for row in range(2, 102):
                sheet.cell(row=row, column=number).number_format = "yyyy-mm-dd"
    return workbook


def _help(column: Column, language: Language) -> str:
    required, one_of, example = _HELP[language]
    lines = [required] if column.required else []
    if column.choices is not None:
        lines.append(f"{one_of}: {', '.join(column.choices)}")
    told = [text for text in column.examples if text]
    if told:
        lines.append(f"{example}: {', '.join(told)}")
    return "\n".join(lines)
