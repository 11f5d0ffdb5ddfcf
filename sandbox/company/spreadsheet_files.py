"""The company's spreadsheets as files: a Brazilian and a Mexican office, XLSX and CSV, wide and long,
titles and totals, and some rows that are wrong on purpose. The same bytes for the same company and
instant."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from sandbox.company.model import Organisation
from sandbox.company.spreadsheets import RAISED_ON, Row, quarters, rows

_CHANNELS = {
    "organic_search": "Búsqueda orgánica", "paid_search": "Búsqueda de pago",
    "email": "Correo electrónico", "social": "Redes sociales", "referral": "Referido",
    "direct": "Directo", "event": "Evento", "other": "Otros",
}  # fmt: skip
_COUNTRIES = {"BR": "Brasil", "MX": "México", "US": "Estados Unidos"}
_SAVED = (2026, 1, 1, 0, 0, 0)  # the time that archives say they were packed at


def write(folder: Path, org: Organisation, at: datetime) -> None:
    """Write the folder's files; those that say the same as before are left as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files(org, at).items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


def files(org: Organisation, at: datetime) -> Mapping[str, bytes]:
    found = rows(org, at)
    return {
        "metas_equipes.xlsx": _team_targets(org, found["targets"]),
        "metas_indicadores.csv": _kpi_targets(found["targets"]),
        "benchmarks.csv": _benchmarks(found["benchmarks"]),
        "gasto_campañas.csv": _spend(found["campaign_spend"]),
        "visitas_web.csv": _sessions(found["web_sessions"]),
        "pesquisas_enviadas.xlsx": _surveys_sent(found["surveys_sent"]),
        "vendedores.xlsx": _owners(found["owner_map"]),
        "custos_produtos.csv": _costs(found["product_costs"]),
        "devoluciones.xlsx": _returns(found["returns"]),
    }


def _team_targets(org: Organisation, targets: Iterable[Row]) -> bytes:
    """A row per team and a column per quarter, a title above and a total below; and a list of what
    was changed in the middle of a quarter, and of the whole company."""
    sales = [row for row in targets if row["kpi_id"] == "sales_amount"]
    years = sorted({_day(row["period_start"]).year for row in sales})
    wide: list[list[Any]] = [["Metas de vendas por equipe (USD)"], []]
    wide.append(["Ano", "Equipe", "Moeda", "T1", "T2", "T3", "T4", "Total do ano"])
    for year in years:
        for team in org.teams:
            amounts = [
                row["target_value"]
                for row in sales
                if row["scope_name"] == team.name
                and _day(row["period_start"]).year == year
                and row["valid_from"] == row["period_start"]
            ]
            wide.append([year, team.name, "USD", *amounts, sum(map(_number, amounts))])
    wide.append(["Total", None, None, None, None, None, None, None])
    # Nobody can say what an amount in words is.
    wide.append([years[-1], "SMB Brazil (novo)", "USD", "a definir", None, None, None, None])
    listed: list[list[Any]] = [["Nível", "Quem", "Período", "Meta", "Moeda", "Válido a partir de"]]
    for row in sales:
        start = _day(row["period_start"])
        quarter = f"{(start.month + 2) // 3}T {start.year}"
        if row["scope"] == "total":
            listed.append(["geral", None, quarter, row["target_value"], "USD", None])
        elif row["valid_from"] == RAISED_ON:
            listed.append(
                ["equipe", row["scope_name"], quarter, row["target_value"], "USD", RAISED_ON]
            )
    listed.append(["equipe", "SMB Mexico", "5T 2026", 1000, "USD", None])
    return _workbook({"Metas por equipe": wide, "Metas gerais": listed}, merged="A1:H1")


def _kpi_targets(targets: Sequence[Row]) -> bytes:
    lines = [["Indicador", "Equipe", "Período", "Meta"]]
    for row in targets:
        if row["kpi_id"] == "sales_amount":
            continue
        start, value = _day(row["period_start"]), _number(row["target_value"])
        is_share = row["kpi_id"] == "win_rate"
        text = f"{_brazilian(value * 100)}%" if is_share else _brazilian(value)
        lines.append(
            [
                "Taxa de ganho" if is_share else "Atividades",
                str(row["scope_name"]),
                f"{start.year}-Q{(start.month + 2) // 3}",
                text,
            ]
        )
    lines += [
        ["", "", "", ""],
        ["Atividades", "SMB US", f"{quarters(date(2026, 1, 1))[0].year}", ""],
    ]
    return _csv(lines, ";", "cp1252")


def _benchmarks(benchmarks: Iterable[Row]) -> bytes:
    lines = [["KPI", "Segmento", "Tipo de segmento", "País", "Valor", "Fonte", "Data"]]
    for row in benchmarks:
        value = _number(row["benchmark_value"])
        text = f"{_brazilian(value * 100)} %" if value < 1 else _brazilian(value)
        country = row["country_code"]
        lines.append(
            [
                str(row["kpi_id"]),
                str(row["segment"] or "-"),
                "setor" if row["segment_dimension"] == "sector" else "-",
                _COUNTRIES[str(country)] if country else "-",
                text,
                str(row["source_name"]),
                f"{_day(row['source_date']):%d/%m/%Y}",
            ]
        )
    return _csv(lines, ";", "utf-8-sig")


def _spend(spend: Iterable[Row]) -> bytes:
    lines = [["Campaña", "Semana", "Gasto", "Moneda"]]
    for row in spend:
        day = _day(row["spent_on"])
        lines.append(
            [
                str(row["campaign_name"]),
                f"{day:%d/%m/%Y}",
                f"${_number(row['spend_amount']):,.2f}",
                str(row["currency_code"]),
            ]
        )
    if len(lines) > 1:
        lines.append(["Search ads 2026 Q1", "31/02/2026", "$120.00", "USD"])
        lines.insert(1, [*lines[1][:2], "$1.00", "USD"])  # the row after it is what counts
    return _csv([*lines, ["Total", "", "", ""]], ",", "cp1252")


def _sessions(sessions: Iterable[Row]) -> bytes:
    lines = [["Fecha", "Canal", "Visitas"]]
    for row in sessions:
        day = f"{_day(row['session_on']):%d/%m/%Y}"
        lines.append([day, _CHANNELS[str(row["lead_source"])], f"{row['session_count']:,}"])
    lines.append(["15/10/2026", "Paloma mensajera", "3"])
    return _csv(lines, "\t", "utf-16")


def _surveys_sent(sent: Iterable[Row]) -> bytes:
    lines: list[list[Any]] = [["Pesquisa", "Enviada em", "Enviadas"]]
    lines += [[row["survey_name"], row["sent_on"], row["sent_count"]] for row in sent]
    return _workbook({"Pesquisas enviadas": lines})


def _owners(owners: Iterable[Row]) -> bytes:
    lines: list[list[Any]] = [["E-mail do vendedor", "Equipe", "País", "Válido a partir de"]]
    lines += [
        [
            row["owner_email"],
            row["team_name"],
            _COUNTRIES[str(row["country_code"])],
            row["valid_from"],
        ]
        for row in owners
    ]
    lines.append(["sem e-mail", "SMB US", "Brasil", None])
    return _workbook({"Vendedores": lines})


def _costs(costs: Iterable[Row]) -> bytes:
    lines = [["Código", "Custo unitário (US$)", "Válido a partir de"]]
    lines += [
        [
            str(row["sku"]),
            _brazilian(_number(row["unit_cost"])),
            f"{_day(row['valid_from']):%d/%m/%Y}",
        ]
        for row in costs
    ]
    lines += [["", "", ""], ["HW-WALL", "-", "01/01/2026"]]
    return _csv(lines, ";", "cp1252")


def _returns(returns: Iterable[Row]) -> bytes:
    lines: list[list[Any]] = [
        ["Pedido", "Fecha de devolución", "Cantidad", "Importe", "Moneda", "Motivo"]
    ]
    lines += [
        [
            row["order_number"],
            row["returned_on"],
            row["returned_quantity"],
            row["returned_amount"],
            row["currency_code"],
            row["reason"],
        ]
        for row in returns
    ]
    lines.append([None, date(2026, 3, 3), 1, 20, "USD", "sin pedido"])
    return _workbook({"Devoluciones": lines})


def _brazilian(value: Decimal) -> str:
    """1.234,5"""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no day")
    return value


def _number(value: object) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} is no number")
    return value


def _csv(lines: Iterable[Sequence[str]], delimiter: str, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(lines)
    if encoding == "utf-16":
        return b"\xff\xfe" + text.getvalue().encode("utf-16-le")
    return text.getvalue().encode(encoding)


def _workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], merged: str | None = None) -> bytes:
    workbook = Workbook()
    for number, (title, lines) in enumerate(sheets.items()):
        sheet = workbook.create_sheet(title, number)
        for line in lines:
            sheet.append(list(line))
        if merged is not None and number == 0:
            sheet.merge_cells(merged)
    del workbook["Sheet"]
    made = io.BytesIO()
    workbook.save(made)
    return _without_times(made.getvalue())


def _without_times(content: bytes) -> bytes:
    """An archive says when it was packed, and a workbook when it was saved: each time another."""
    stamp = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as packed,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as anew,
    ):
        for part in packed.infolist():
            body = packed.read(part)
            if part.filename == "docProps/core.xml":
                body = stamp.sub(b"2026-01-01T00:00:00Z", body)
            anew.writestr(zipfile.ZipInfo(part.filename, _SAVED), body)
    return out.getvalue()
