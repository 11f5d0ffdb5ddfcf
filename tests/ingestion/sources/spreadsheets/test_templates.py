"""The templates are read back as what they are for, in every language and both formats."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ingestion.__main__ import main
from ingestion.sources.spreadsheets import template
from ingestion.sources.spreadsheets.files import read
from ingestion.sources.spreadsheets.kinds import KINDS
from ingestion.sources.spreadsheets.words import LANGUAGES, Language
from tests.ingestion.sources.spreadsheets.conftest import bad, good


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_that_is_filled_in_is_read(
    kind: str, language: Language, tmp_path: Path
) -> None:
    out = tmp_path / "anything.xlsx"
    template.write(kind, language, out)
    workbook = load_workbook(out)
    sheet = workbook.active
    assert sheet is not None
    filled = [column for column in KINDS[kind].columns if column.examples]
    sheet.append([column.examples[0] or None for column in filled])
    workbook.save(out)
    found = read(out.name, "", out.read_bytes(), None)
    assert found.kinds == {kind}
    assert bad(found) == []
    assert len(good(found)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_as_text_is_read(kind: str, language: Language, tmp_path: Path) -> None:
    out = tmp_path / f"{kind}.csv"
    template.write(kind, language, out)
    described = KINDS[kind]
    text = out.read_text(encoding="utf-8-sig")
    assert csv.Sniffer().sniff(text, ";,").delimiter == ("," if language == "en" else ";")
    line = io.StringIO(newline="")
    delimiter = "," if language == "en" else ";"
    cells = [column.examples[0] for column in described.columns if column.examples]
    if language != "en":
        cells = [
            cell.replace(".", ",") if cell.count(".") == 1 and "@" not in cell else cell
            for cell in cells
        ]
    csv.writer(line, delimiter=delimiter).writerow(cells)
    found = read(out.name, "", (text + line.getvalue()).encode(), None)
    assert found.kinds == {kind}
    assert bad(found) == []
    assert len(good(found)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_template_holds_no_rows(kind: str, tmp_path: Path) -> None:
    out = tmp_path / "anything.xlsx"
    template.write(kind, "pt", out)
    found = read(out.name, "", out.read_bytes(), None)
    assert found.kinds == {kind}
    assert good(found) == []


def test_the_command_writes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "metas.csv"
    assert main(["template", "targets", "--language", "pt", "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8-sig").startswith("Indicador;Nível;Quem;Período;Meta *")
    assert main(["template", "targets", "--out", str(tmp_path / "metas.doc")]) == 2
    assert "must end in .xlsx or .csv" in capsys.readouterr().err
