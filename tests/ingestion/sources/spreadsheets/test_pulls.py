"""Folder to raw: what is read again and what is not, who wins, what vanishes, what is remembered."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.__main__ import main
from ingestion.check import check
from ingestion.run import SOURCES, Home, rebuild
from ingestion.sources.spreadsheets import folder
from ingestion.sources.spreadsheets.files import read
from tests.ingestion.sources.spreadsheets.conftest import NOW, Desk

COSTS = "Código;Custo unitário"
TARGETS = "Equipe;Período;Meta"
Clock = Callable[[datetime], None]


def costs(desk: Desk) -> list[tuple[object, ...]]:
    return desk.rows(
        "select sku, cast(unit_cost as double), file, _is_deleted from product_costs order by 1, 2"
    )


def versions(desk: Desk) -> list[tuple[object, ...]]:
    return desk.rows(
        "select cast(valid_from as varchar), cast(target_value as bigint) from targets "
        "where not _is_deleted order by 1"
    )


def test_good_rows_load_and_bad_ones_are_set_aside(desk: Desk) -> None:
    desk.text("custos.csv", COSTS, "A;1,5", "B;dois", "", "C;3")
    landed, loaded = desk.pull()
    assert {one.status for one in landed} == {"landed"}
    assert {one.status for one in loaded} == {"loaded"}
    assert costs(desk) == [("A", 1.5, "custos.csv", False), ("C", 3, "custos.csv", False)]
    assert desk.rows(
        'select kind, file, sheet, sheet_row, sheet_column, value, reason from quarantine'
    ) == [
        ("product_costs", "custos.csv", "custos", 3, "Custo unitário", "d***",
         "Unit cost is no number")
    ]  # fmt: skip
    assert desk.rows("select rows_read, rows_loaded, rows_quarantined from files") == [(3, 2, 1)]
    assert next(one for one in loaded if one.entity == "product_costs").rows_read == 2
    assert desk.rows(
        "select vendor_rows, raw_rows, is_within from _ingestion.reconciliation "
        "where entity = 'product_costs'"
    ) == [(2, 2, True)]


def test_a_file_that_has_not_changed_is_not_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def reading(name: str, *rest: object) -> object:
        asked.append(name)
        return read(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(folder, "read", reading)
    desk.text("custos.csv", COSTS, "A;1")
    desk.text("visitas.csv", "Data;Canal;Visitas", "2026-01-31;Direto;3")
    desk.pull()
    assert sorted(asked) == ["custos.csv", "visitas.csv"]
    before = desk.rows("select _load_id from product_costs")
    asked.clear()
    _, loaded = desk.pull()
    assert asked == []
    assert {(one.rows_inserted, one.rows_updated, one.rows_deleted) for one in loaded} == {
        (0, 0, 0)
    }
    assert desk.rows("select _load_id from product_costs") == before
    assert {one.is_within for load in loaded for one in load.reconciled} == {True, None}
    desk.text("custos.csv", COSTS, "A;2")
    desk.pull()
    assert asked == ["custos.csv"]
    assert costs(desk) == [("A", 2, "custos.csv", False)]
    # Another locale may mean other numbers.
    asked.clear()
    desk.settings["SPREADSHEETS_LOCALE"] = "pt-BR"
    desk.pull()
    assert sorted(asked) == ["custos.csv", "visitas.csv"]


def test_rows_and_files_that_have_gone_are_marked(desk: Desk) -> None:
    desk.text("a custos.csv", COSTS, "A;1", "B;x", "C;3")
    desk.text("b custos.csv", COSTS, "D;4")
    desk.pull()
    desk.text("a custos.csv", COSTS, "C;3")
    desk.pull()
    assert [(row[0], row[3]) for row in costs(desk)] == [("A", True), ("C", False), ("D", False)]
    assert desk.reasons("product_costs") == []
    (desk.folder / "b custos.csv").unlink()
    desk.pull()
    assert [(row[0], row[3]) for row in costs(desk)] == [("A", True), ("C", False), ("D", True)]
    assert desk.rows("select file from files where not _is_deleted") == [("a custos.csv",)]
    desk.text("b custos.csv", COSTS, "D;4")
    desk.pull()
    assert ("D", 4.0, "b custos.csv", False) in costs(desk)


def test_the_later_row_and_the_later_file_win(desk: Desk) -> None:
    desk.text("a custos.csv", COSTS, "A;1", "a;2")
    desk.text("b custos.csv", COSTS, "A;3")
    desk.pull()
    assert costs(desk) == [("A", 3, "b custos.csv", False)]
    assert (
        desk.reasons("product_costs")
        == [
            "row 2 of sheet b custos of b custos.csv stands for the same and comes later: "
            "that one counts"
        ]
        * 2
    )
    # When the winner goes, the one before it counts again.
    (desk.folder / "b custos.csv").unlink()
    desk.pull()
    assert costs(desk) == [("a", 2, "a custos.csv", False)]
    assert desk.reasons("product_costs") == [
        "row 3 stands for the same and comes later: that one counts"
    ]


def test_of_a_refused_file_what_was_read_before_stays(desk: Desk) -> None:
    desk.text("custos.csv", COSTS, "A;1,5")
    desk.pull()
    desk.text("custos.csv", "Código\tCusto unitário", "A\t1,5", "B\t1.5")
    desk.text("custos 2.csv", COSTS, "B;2")
    _, loaded = desk.pull()
    assert costs(desk) == [("A", 1.5, "custos.csv", False), ("B", 2, "custos 2.csv", False)]
    [reason] = desk.reasons("product_costs")
    assert "written by different conventions" in reason
    assert desk.rows("select file, status from files where not _is_deleted order by 1") == [
        ("custos 2.csv", "read"), ("custos.csv", "refused"),
    ]  # fmt: skip
    of_costs = next(one for one in loaded if one.entity == "product_costs")
    assert of_costs.reconciled[0].is_within is None
    (desk.folder / "custos.csv").write_bytes(b"")
    desk.pull()
    assert len([row for row in costs(desk) if not row[3]]) == 2
    assert desk.reasons("unknown") == ["the whole file was refused: the file is empty"]
    desk.text("custos.csv", COSTS, "A;7")
    desk.pull()
    assert ("A", 7.0, "custos.csv", False) in costs(desk)
    assert desk.reasons("unknown") == []


def test_a_target_that_changes_keeps_its_old_days(desk: Desk, clock: Clock) -> None:
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;100")
    desk.pull()
    assert versions(desk) == [("2026-04-01", 100)]
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;120")
    desk.pull()
    # It is 01:30 of the 10th in UTC: in São Paulo the 9th.
    assert versions(desk) == [("2026-04-01", 100), ("2026-05-09", 120)]
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;125")
    desk.pull()
    assert versions(desk) == [("2026-04-01", 100), ("2026-05-09", 125)]
    clock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    desk.pull()
    assert versions(desk) == [("2026-04-01", 100), ("2026-05-09", 125)]
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;100", "SMB;2026-Q3;5")
    _, loaded = desk.pull()
    assert versions(desk) == [
        ("2026-04-01", 100), ("2026-05-09", 125), ("2026-06-01", 100), ("2026-07-01", 5),
    ]  # fmt: skip
    of_targets = next(one for one in loaded if one.entity == "targets")
    assert of_targets.reconciled[0].is_within is True
    # Before its period begins a target is replaced.
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;100", "SMB;2026-Q3;6")
    desk.pull()
    assert versions(desk)[-1] == ("2026-07-01", 6)


def test_the_folder_is_read_at_the_instant_of_the_run(desk: Desk, clock: Clock) -> None:
    """A company whose time stands still, on a machine that is nineteen days ahead."""
    clock(datetime(2026, 5, 28, 12, tzinfo=UTC))
    desk.settings["SALES_HEARTBEAT_AS_OF"] = "2026-05-09T22:30:00-03:00"
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;100")
    desk.text("custos.csv", COSTS, "A;1", "B;2")
    landed, _ = desk.pull()
    assert {one.window_end for one in landed} == {NOW}
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;120")
    desk.text("custos.csv", COSTS, "A;1")
    desk.pull()
    assert versions(desk) == [("2026-04-01", 100), ("2026-05-09", 120)]
    [(changed_at, deleted_at)] = desk.rows(
        "select max(_changed_at), max(_deleted_at) from product_costs"
    )
    assert changed_at == deleted_at == NOW.replace(tzinfo=None)
    # To look back makes nothing older: what changes now has changed now.
    desk.settings["SALES_HEARTBEAT_AS_OF"] = "2026-04-20T12:00:00Z"
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;130")
    desk.pull()
    assert versions(desk) == [("2026-04-01", 100), ("2026-05-09", 120), ("2026-05-28", 130)]


@pytest.mark.parametrize("text", ["soon", "2026-05-09T22:30:00"])
def test_an_instant_that_is_none_is_said(desk: Desk, text: str) -> None:
    desk.settings["SALES_HEARTBEAT_AS_OF"] = text
    landed, _ = desk.pull()
    assert {one.status for one in landed} == {"failed"}
    assert {"SALES_HEARTBEAT_AS_OF" in str(one.reason) for one in landed} == {True}


def test_a_target_may_say_from_when_on_it_holds(desk: Desk) -> None:
    desk.text(
        "metas.csv", f"{TARGETS};Válido desde", "SMB;2026-Q2;100;", "SMB;2026-Q2;120;15/05/2026"
    )
    desk.pull()
    assert versions(desk) == [("2026-04-01", 100), ("2026-05-15", 120)]
    assert desk.reasons("targets") == []


def test_raw_is_rebuilt_from_landing_alone(desk: Desk) -> None:
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;100", "SMB;nunca;1")
    desk.pull()
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;120")
    desk.pull()
    query = "select * exclude (_landed_at, _load_id) from {} order by all"
    tables = ("targets", "quarantine", "files")
    before = [desk.rows(query.format(table)) for table in tables]
    (desk.folder / "metas.csv").unlink()
    assert {one.status for one in rebuild("spreadsheets", home=desk.home)} == {"loaded"}
    assert [desk.rows(query.format(table)) for table in tables] == before


def test_a_kind_may_be_pulled_by_itself(desk: Desk) -> None:
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;100")
    desk.text("custos.csv", COSTS, "A;1")
    desk.pull("product_costs")
    assert desk.rows("select count(*) from targets") == [(0,)]
    desk.pull("targets")
    assert desk.rows("select count(*) from targets") == [(1,)]


def test_a_pull_names_the_files_that_it_refused_and_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;1.5", "SMB;2026-Q3;1,5")
    desk.text("metas 2.csv", TARGETS, "SMB;2026-Q4;1", "SMB;2026-Q5;1")
    desk.text("custos.csv", COSTS, "A;um", "B;dois")
    (desk.folder / "plano.xlsx").write_bytes(b"PK rubbish")
    [landed], _ = desk.pull("targets")
    metas, plano, rows = landed.set_aside
    assert metas.startswith("metas.csv was refused: 1.5 (row 2 of metas) and 1,5 (row 3 of metas)")
    assert plano.startswith("plano.xlsx was refused: ")
    assert rows == "metas 2.csv: 1 rows were set aside"
    [landed], _ = desk.pull("product_costs")
    assert landed.set_aside == (plano, "custos.csv: 2 rows were set aside")
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(desk.home.root))
    for name, value in desk.settings.items():
        monkeypatch.setenv(name, value)
    desk.text("metas.csv", TARGETS, "SMB;2026-Q2;1.5", "SMB;2026-Q3;2,5")
    assert main(["pull", "spreadsheets", "all"]) == 0
    shown = capsys.readouterr().out
    [line] = [
        line for line in shown.splitlines() if line.startswith("targets ") and "landed" in line
    ]
    assert "metas.csv was refused: 1.5 (row 2 of metas) and 2,5 (row 3 of metas)" in line
    assert shown.count("plano.xlsx was refused") == 1  # of no kind, so it might be of any


def test_programs_own_files_are_left_alone_and_folders_are_entered(desk: Desk) -> None:
    (desk.folder / "2026").mkdir()
    desk.text("2026/custos.csv", COSTS, "A;1")
    desk.text("~$custos.csv", "rubbish")
    desk.text(".custos.csv", "rubbish")
    desk.text("notas.md", "rubbish")
    desk.pull()
    assert desk.rows("select file, status from files") == [("2026/custos.csv", "read")]


def test_a_file_that_may_not_be_opened_is_refused_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.text("custos.csv", COSTS, "A;1")
    desk.text("segredo.csv", COSTS, "B;1")
    opening = Path.open

    def refused(path: Path, *rest: object, **more: object) -> object:
        if path.name == "segredo.csv":
            raise PermissionError(13, "Permission denied")
        return opening(path, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refused)
    desk.pull()
    assert [row[0] for row in costs(desk)] == ["A"]
    assert desk.reasons("unknown") == ["the whole file was refused: the file: Permission denied"]
    monkeypatch.undo()
    desk.pull()
    assert [row[0] for row in costs(desk)] == ["A", "B"]
    assert desk.reasons("unknown") == []


def test_nobody_is_named_in_the_quarantine_nor_in_what_is_said(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    who = "Ana Planted ana@planted.example"
    desk.text("vendedores.csv", "E-mail do vendedor;Equipe;País", f"{who};SMB;{who}")
    desk.text("pesquisas.csv", "Pesquisa;Tipo;Nota;Data;E-mail", f"P;{who};{who};{who};{who}")
    desk.text("custos.csv", f"{COSTS};Moeda", f"A;{who};{who}", f"A;{who};BRL")
    desk.text("vendas.csv", "Data;Cliente;Valor", f"{who};{who};{who}", f"2026-01-01;{who};")
    desk.pull()
    kept = str(desk.rows("select * from quarantine")) + caplog.text
    kept += str(desk.rows("select * from files"))
    assert len(desk.rows("select 1 from quarantine")) == 6
    assert "lanted" not in kept
    assert "Ana" not in kept


def test_a_folder_that_is_not_there_is_said(desk: Desk) -> None:
    desk.settings["SPREADSHEETS_FOLDER"] = str(desk.folder / "none")
    landed, _ = desk.pull()
    assert {one.status for one in landed} == {"failed"}
    assert "there is no folder" in str(landed[0].reason)


def test_check_tells_what_would_be_set_aside_and_lands_nothing(desk: Desk) -> None:
    desk.text("custos.csv", COSTS, "A;1", "B;x")
    desk.text("lixo.csv", "x;y", "1;2")
    checked = check(SOURCES["spreadsheets"], desk.settings, desk.home)
    assert checked.can_be_read
    found = {one.entity: one for one in checked.findings}
    assert found["product_costs"].rows == 1
    assert found["product_costs"].remarks == ("custos.csv: 1 rows would be set aside",)
    assert "no row is the header" in found["files"].remarks[0]
    assert checked.facts["files"] == "2"
    assert not desk.home.landing.exists()


def test_field_rules_hold_for_customers_and_leave_owners_alone(desk: Desk, tmp_path: Path) -> None:
    rules = tmp_path / "fields.toml"
    rules.write_text('[spreadsheets]\npersonal = "drop"\n')
    desk.settings["SALES_HEARTBEAT_FIELDS"] = str(rules)
    desk.text("pesquisas.csv", "Pesquisa;Tipo;Nota;Data;E-mail", "P;NPS;9;2026-01-31;a@b.example")
    desk.text("vendedores.csv", "E-mail do vendedor;Equipe", "ana@ex.example;SMB")
    desk.pull()
    assert desk.rows("select respondent_email, score from surveys") == [(None, 9)]
    assert desk.rows("select owner_email from owner_map") == [("ana@ex.example",)]


def test_the_command_line_pulls_a_folder(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.text("custos.csv", COSTS, "A;1")
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(desk.home.root))
    for name, value in desk.settings.items():
        monkeypatch.setenv(name, value)
    assert main(["pull", "spreadsheets", "product_costs"]) == 0
    assert "product_costs" in capsys.readouterr().out


CELL = st.sampled_from(
    ["A", "B", "c", "1,5", "2", "x", "", "-", "2026-01-31", "#N/A", "Total", "3%"]
)
LINES = st.lists(st.lists(CELL, max_size=4), max_size=8)


@given(st.lists(LINES, min_size=1, max_size=3))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_row_is_lost(files: list[list[list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as made:
        desk = Desk(Path(made) / "f", Home(Path(made) / "h"))
        desk.folder.mkdir()
        desk.settings["SPREADSHEETS_FOLDER"] = str(desk.folder)
        due = 0
        for number, lines in enumerate(files):
            desk.text(f"{number} custos.csv", f"{COSTS};Moeda", *(";".join(line) for line in lines))
            for line in lines:
                cells = [cell for cell in line[:3] if cell]
                due += bool(cells) and cells[0] != "Total"
        desk.pull("product_costs")
        loaded = desk.rows("select count(*) from product_costs where not _is_deleted")[0][0]
        aside = desk.rows("select count(*) from quarantine where not _is_deleted")[0][0]
        told = desk.rows(
            "select coalesce(sum(rows_read), 0), coalesce(sum(rows_loaded), 0), "
            "coalesce(sum(rows_quarantined), 0) from files"
        )[0]
        assert told == (due, loaded, aside)
        assert loaded + aside == due
