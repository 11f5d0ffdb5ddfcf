"""Every kind of sheet: a good row as raw takes it, and what is said of bad ones."""

from __future__ import annotations

import pytest

from ingestion.sources.spreadsheets.finish import hashed
from tests.ingestion.sources.spreadsheets.conftest import bad, good, of_text

GOOD = {
    "targets": (
        ["Indicador;Nível;Quem;Período;Meta;Moeda;Válido a partir de",
         "Vendas;equipe;SMB;1T 2026;R$ 120.000,50;;"],
        {"kpi_id": "sales_amount", "scope": "team", "scope_text": "SMB", "period_grain": "quarter",
         "period_start": "2026-01-01", "period_end": "2026-04-01", "target_value": "120000.5",
         "valid_from": "2026-01-01", "is_valid_from_told": "false",
         "series": hashed("target", "sales_amount", "team", "SMB", "quarter", "2026-01-01")},
    ),
    "manual_sales": (
        ["Pedido;Fecha;Cliente;Producto;Cantidad;Precio unitario;Descuento;Moneda",
         "77;31/01/2026;Norte SA;Plan;2;1.500,00;10%;EUR"],
        {"order_number": "77", "sold_on": "2026-01-31", "customer": "Norte SA",
         "product_name": "Plan", "quantity": "2", "unit_price": "1500", "discount": "0.1",
         "currency_code": "EUR"},
    ),
    "surveys": (
        ["Pesquisa;Tipo;Nota;Data;E-mail do cliente", "NPS 26;NPS;9;02/03/2026;Maria@Ex.com"],
        {"survey_name": "NPS 26", "survey_type": "NPS", "score": "9", "answered_on": "2026-03-02",
         "respondent_email": "maria@ex.com"},
    ),
    "surveys_sent": (
        ["Encuesta;Enviada el;Enviadas", "NPS 26;01/03/2026;1.200"],
        {"survey_name": "NPS 26", "sent_on": "2026-03-01", "sent_count": "1200"},
    ),
    "returns": (
        ["Pedido;Fecha de devolución;Código;Cantidad;Importe;Motivo",
         "42;10/04/2026;PLAN;1;(300,25);roto"],
        None,
    ),
    "benchmarks": (
        ["KPI;Segmento;Tipo de segmento;País;Valor;Fonte;Data",
         "win_rate;51-250;Tamaño;Brasil;25 %;Relatório;31/01/2026"],
        {"kpi_id": "win_rate", "segment": "51-250", "segment_dimension": "size_band",
         "country_code": "BR", "benchmark_value": "0.25", "source_name": "Relatório",
         "source_date": "2026-01-31"},
    ),
    "campaign_spend": (
        ["Campaña;Fecha;Gasto (MXN)", "Feria;02/03/2026;1500,75"],
        {"campaign_name": "Feria", "spent_on": "2026-03-02", "spend_amount": "1500.75",
         "currency_code": "MXN"},
    ),
    "web_sessions": (
        ["Data;Canal;Visitas", "02/03/2026;Busca orgânica;340"],
        {"session_on": "2026-03-02", "lead_source": "organic_search", "session_count": "340"},
    ),
    "owner_map": (
        ["Correo del vendedor;Equipo;País;Válido desde", "Ana@Ex.com;SMB;México;01/01/2026"],
        {"owner_email": "ana@ex.com", "team_name": "SMB", "country_code": "MX",
         "valid_from": "2026-01-01"},
    ),
    "product_costs": (
        ["Código;Custo unitário;Moeda;Válido a partir de", "P-1;35,5;R$;01/01/2026"],
        {"sku": "P-1", "unit_cost": "35.5", "currency_code": "BRL", "valid_from": "2026-01-01"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind, (_, row) in GOOD.items() if row is not None])
def test_a_good_row(kind: str) -> None:
    lines, expected = GOOD[kind]
    found = of_text(f"{kind}.csv", *lines)
    assert found.kinds == {kind}
    assert good(found) == [expected]
    assert bad(found) == []


BAD = [
    ("targets", "Equipe;Período;Meta", "SMB;2026-13;5", "Período", "2026-13", "is no period"),
    ("targets", "Equipe;Período;Meta", "SMB;jan;5", "Período", "jan", "no year"),
    ("targets", "Equipe;Período;Meta", "SMB;2026-01;-5", "Meta", "-5", "below 0"),
    ("targets", "Quem;Período;Meta", "Fulano;2026-01;5", "Level", "", "the level is missing"),
    ("targets", "Nível;Período;Meta", "equipe;2026-01;5", "Who", "", "does not say of whom"),
    ("targets", "Equipe;Período;Meta;Moeda", "S;2026;5;$", "Moeda", "$", "is no currency"),
    ("targets", "Equipe;Período;Meta;Válido desde", "S;2026-01;5;2026-02-01", "Válido desde",
     "2026-02-01", "only after its period"),
    ("manual_sales", "Data;Cliente;Valor", "01/02/2026;Ana Sá;", "Valor", "", "neither an amount"),
    ("manual_sales", "Data;Cliente;Valor", "2026-02-30;A;1", "Data", "2026-02-30", "is no day"),
    ("manual_sales", "Data;Valor;Desconto", "2026-02-01;1;10", "Desconto", "10", "above 1"),
    ("surveys", "Pesquisa;Tipo;Nota;Data", "P;CSAT;9;2026-01-31", "Nota", "9", "between 1 and 5"),
    ("surveys", "Pesquisa;Tipo;Nota;Data", "P;voto;3;2026-01-31", "Tipo", "v***", "is none of CSAT"),
    ("surveys", "Pesquisa;Tipo;Nota;Data;E-mail do cliente", "P;NPS;3;2026-01-31;Rui Sá",
     "E-mail do cliente", "***", "no e-mail address"),
    ("surveys_sent", "Pesquisa;Data;Enviadas", "P;2026-01-31;2,5", "Enviadas", "2,5", "no whole"),
    ("returns", "Pedido;Data;Valor", ";2026-01-31;5", "Pedido", "", "the order is missing"),
    ("returns", "Pedido;Data;Valor", "1;2026-01-31;(300,25)", "Valor", "(300,25)", "below 0"),
    ("benchmarks", "KPI;Valor;Fonte;Data", "win_rate;muito;X;2026-01-31", "Valor", "m***",
     "no number"),
    ("benchmarks", "KPI;Valor;Fonte;Data", "25%;1;X;2026-01-31", "KPI", "25%", "no KPI's id"),
    ("benchmarks", "KPI;Tipo de segmento;Valor;Fonte;Data", "win_rate;planeta;1;X;2026-01-31",
     "Tipo de segmento", "p***", "none of sector, industry"),
    ("benchmarks", "KPI;Segmento;Tipo de segmento;Valor;Fonte;Data",
     "win_rate;;industria;1;X;2026-01-31", "Segmento", "", "does not say of which"),
    ("campaign_spend", "Campanha;Data;Gasto", "F;2026-01-31;n/d", "Gasto", "n/d", "is missing"),
    ("web_sessions", "Data;Canal;Visitas", "2026-01-31;Pombo correio;3", "Canal", "P*** c***",
     "none of organic_search"),
    ("owner_map", "E-mail do vendedor;País", "ana@ex.com;Atlântida", "País", "A***", "no country"),
    ("owner_map", "E-mail do vendedor;País", "Ana Sá;BR", "E-mail do vendedor", "***", "no e-mail"),
    ("product_costs", "Código;Custo unitário", "P;#REF!", "Custo unitário", "#REF!", "error #REF!"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "header", "row", "column", "value", "reason"), BAD)
def test_a_bad_row_is_told_by_column_value_and_reason(
    kind: str, header: str, row: str, column: str, value: str, reason: str
) -> None:
    found = of_text(f"{kind}.csv", header, row, locale="pt-BR")
    assert good(found) == []
    [(number, where, shown, sentence)] = bad(found)
    assert (number, where, shown) == (2, column, value)
    assert reason in sentence


def test_every_kind_has_a_good_and_a_bad_case() -> None:
    from ingestion.sources.spreadsheets.kinds import KINDS

    assert set(GOOD) == {case[0] for case in BAD} == set(KINDS)


def test_a_row_with_two_faults_names_both() -> None:
    found = of_text("metas.csv", "Equipe;Período;Meta", "SMB;nunca;nada")
    assert [reason for *_, reason in bad(found)] == [
        "Period is no period: write 2026-01, 2026-Q1 or 2026; Target is no number"
    ]


def test_whom_a_target_is_for() -> None:
    header = "Vendedor;Equipe;Região;Período;Meta"
    found = of_text(
        "metas.csv", header,
        "ana@ex.com;SMB;Sul;2026;1", ";SMB;Sul;2026;2", ";;Sul;2026;3", ";;;2026;4",
    )  # fmt: skip
    assert [(row["scope"], row.get("scope_text")) for row in good(found)] == [
        ("owner", "ana@ex.com"), ("team", "SMB"), ("segment", "Sul"), ("total", None),
    ]  # fmt: skip


def test_months_as_columns_become_a_target_each() -> None:
    found = of_text(
        "Metas 2026.csv", "Vendedor;jan;fev;mar/2027;Total", "a@b.c;1.000;-;;9", "Total;5;5;5;5"
    )
    assert [(row["period_start"], row["target_value"]) for row in good(found)] == [
        ("2026-01-01", "1000")
    ]
    assert bad(found) == []


def test_a_wide_row_without_a_level_is_set_aside_value_by_value() -> None:
    found = of_text("metas.csv", "Nível;Quem;2026-01;2026-02;2026-03", "equipe;;1;-;3")
    assert good(found) == []
    assert [(row, column) for row, column, *_ in bad(found)] == [(2, "Quem"), (2, "Quem")]


def test_total_is_a_level_of_targets_and_no_total_row() -> None:
    found = of_text("metas.csv", "Nível;Período;Meta", "total;2026;9", "equipe;2026;1")
    assert [row["scope"] for row in good(found)] == ["total"]
    assert len(bad(found)) == 1
