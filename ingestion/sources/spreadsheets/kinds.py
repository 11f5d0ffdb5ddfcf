"""The ten kinds of sheets: what each column is called, what it may hold, what makes a row unique.

The reader, the raw tables and the templates are all made from this.
"""

from __future__ import annotations

from ingestion.sources.spreadsheets.dates import FIRST_YEAR, LAST_YEAR
from ingestion.sources.spreadsheets.vocabulary import (
    CHANNELS,
    GRAINS,
    SCOPES,
    SEGMENTS,
    SURVEY_TYPES,
)
from ingestion.sources.spreadsheets.words import Column, Kind

_CURRENCY = Column(
    "currency_code", "currency", ("Currency", "Moneda", "Moeda"), ("BRL", "MXN", "EUR"),
    ("currency code", "divisa"),
)  # fmt: skip
_VALID_FROM = Column(
    "valid_from", "date", ("Valid from", "Válido desde", "Válido a partir de"), ("2026-01-01",),
    ("vigencia", "vigente desde", "desde", "from"),
)  # fmt: skip
_COUNTRY = Column(
    "country_code", "country", ("Country", "País", "País"), ("BR", "MX", "ES"), ("country code",)
)
_KPI = Column(
    "kpi_id", "kpi", ("KPI", "Indicador", "Indicador"), ("sales_amount",),
    ("kpi", "metric", "metrica", "indicator"),
)  # fmt: skip
_OWNER = Column(
    "owner_email", "email", ("Rep's e-mail", "Correo del vendedor", "E-mail do vendedor"),
    ("ana@example.com", "luis@example.com"),
    ("owner email", "email", "e mail", "correo", "mail", "owner", "rep", "vendedor", "rep id",
     "employeeid", "employee id", "salesperson", "seller"),
    personal=True, is_employee=True,
)  # fmt: skip
_SKU = Column(
    "sku", "text", ("SKU", "Código", "Código"), ("PLAN-PRO", "PLAN-START"),
    ("product code", "codigo del producto", "codigo do produto", "product id", "item", "clave"),
)  # fmt: skip

TARGETS = Kind(
    "targets",
    ("targets", "target", "quota", "quotas", "metas", "meta", "objetivos", "objetivo", "cuotas",
     "cuota", "cotas", "cota"),
    ("Targets", "Objetivos", "Metas"),
    (
        _KPI,
        Column("scope", "choice", ("Level", "Nivel", "Nível"), ("team", "total"),
               ("scope", "ambito", "ambito da meta"), choices=SCOPES),
        Column("scope_text", "text", ("Who", "Quién", "Quem"), ("SMB", ""),
               ("name", "nombre", "nome", "for"), personal=True, is_employee=True),
        Column("owner", "text", ("Rep's e-mail", "Correo del vendedor", "E-mail do vendedor"), (),
               ("owner", "rep", "vendedor", "vendedora", "email", "e mail", "correo", "owner email",
                "responsable", "responsavel", "employeeid", "employee id", "rep id", "salesperson",
                "salespersonid", "businessentityid"), personal=True, is_kept=False),
        Column("team", "text", ("Team", "Equipo", "Equipe"), (), ("time",), is_kept=False),
        Column("segment", "text", ("Segment", "Segmento", "Segmento"), (),
               ("region", "regiao", "territory", "territorio"), is_kept=False),
        Column("period", "period", ("Period", "Período", "Período"), ("2026-Q1", "2026"),
               ("periodo", "period start", "inicio", "start", "date", "fecha", "data", "quota date",
                "quotadate"), is_kept=False),
        Column("year", "integer", ("Year", "Año", "Ano"), (), ("ano", "anio", "ejercicio"),
               least=FIRST_YEAR, most=LAST_YEAR, is_kept=False),
        Column("quarter", "text", ("Quarter", "Trimestre", "Trimestre"), (), (), is_kept=False),
        Column("month", "text", ("Month", "Mes", "Mês"), (), (), is_kept=False),
        Column("period_grain", "choice", ("Length", "Duración", "Duração"), (),
               ("grain", "period grain", "granularidad", "granularidade", "frequencia", "frecuencia"),
               choices=GRAINS),
        Column("target_value", "number", ("Target", "Objetivo", "Meta"), ("120000", "480000"),
               ("value", "valor", "amount", "importe", "monto", "quota", "cuota", "cota",
                "sales target", "target value", "sales quota", "salesquota"),
               required=True, least=0, is_wide=True),
        _CURRENCY,
        _VALID_FROM,
    ),
    key=("series", "valid_from"),
    extra="series period_start:date period_end:date is_valid_from_told:boolean",
)  # fmt: skip

MANUAL_SALES = Kind(
    "manual_sales",
    ("manual sales", "sales", "vendas", "ventas", "vendas manuais", "ventas manuales", "orders",
     "pedidos"),
    ("Manual sales", "Ventas manuales", "Vendas manuais"),
    (
        Column("order_number", "text", ("Order", "Pedido", "Pedido"), ("1001", "1002"),
               ("order id", "order number", "sale id", "id", "numero", "folio", "nota fiscal")),
        Column("sold_on", "date", ("Date", "Fecha", "Data"), ("2026-01-15", "2026-02-03"),
               ("order date", "sold on", "fecha de venta", "data da venda", "sale date"),
               required=True),
        Column("customer", "text", ("Customer", "Cliente", "Cliente"), ("Acme", "Norte SA"),
               ("customer id", "account", "cuenta", "conta", "company", "empresa"), personal=True),
        Column("owner", "text", _OWNER.labels, _OWNER.examples, _OWNER.also,
               personal=True, is_employee=True),
        Column("region", "text", ("Region", "Región", "Região"), (), ("territory", "territorio")),
        _SKU,
        Column("product_name", "text", ("Product", "Producto", "Produto"), ("Plan Pro",),
               ("product name",)),
        Column("quantity", "number", ("Quantity", "Cantidad", "Quantidade"), ("10", "5"),
               ("units", "units sold", "unidades", "qty", "qtd", "cant")),
        Column("unit_price", "number", ("Unit price", "Precio unitario", "Preço unitário"),
               ("150", "90"), ("price", "precio", "preco"), least=0),
        Column("discount", "number", ("Discount", "Descuento", "Desconto"), ("10%", ""),
               ("discount pct", "desc", "discount %", "descuento %", "desconto %"),
               least=0, most=1),
        Column("amount", "number", ("Amount", "Importe", "Valor"), ("1350", "450"),
               ("total", "monto", "valor total", "importe total", "sales", "venda", "venta")),
        _CURRENCY,
    ),
    key=("order_number", "sold_on", "customer", "owner", "sku", "product_name", "quantity",
         "unit_price", "amount"),
)  # fmt: skip

SURVEYS = Kind(
    "surveys",
    ("surveys", "survey", "pesquisas", "pesquisa", "encuestas", "encuesta", "nps", "csat",
     "satisfacao", "satisfaccion"),
    ("Surveys", "Encuestas", "Pesquisas"),
    (
        Column("response_id", "text", ("Answer", "Respuesta", "Resposta"), ("R-1", "R-2"),
               ("response id", "answer id", "id")),
        Column("survey_name", "text", ("Survey", "Encuesta", "Pesquisa"), ("NPS 2026",),
               ("survey name",), required=True),
        Column("survey_type", "choice", ("Type", "Tipo", "Tipo"), ("NPS",), ("survey type",),
               required=True, choices=SURVEY_TYPES),
        Column("score", "number", ("Score", "Calificación", "Nota"), ("9", "7"),
               ("puntuacion", "pontuacao", "rating", "puntaje"), required=True, least=0, most=10),
        Column("answered_on", "date", ("Answered on", "Fecha", "Data"), ("2026-03-02",),
               ("date", "fecha de respuesta", "data da resposta", "answered at"), required=True),
        Column("respondent_email", "email",
               ("Respondent's e-mail", "Correo del cliente", "E-mail do cliente"),
               ("maria@example.com", ""), ("email", "e mail", "correo", "respondent"),
               personal=True),
    ),
    key=("response_id", "survey_name", "survey_type", "respondent_email", "answered_on"),
)  # fmt: skip

SURVEYS_SENT = Kind(
    "surveys_sent",
    ("surveys sent", "pesquisas enviadas", "encuestas enviadas", "envios"),
    ("Surveys sent", "Encuestas enviadas", "Pesquisas enviadas"),
    (
        Column("survey_name", "text", ("Survey", "Encuesta", "Pesquisa"), ("NPS 2026",),
               ("survey name",), required=True),
        Column("sent_on", "date", ("Sent on", "Enviada el", "Enviada em"), ("2026-03-01",),
               ("date", "fecha", "data", "fecha de envio", "data de envio"), required=True),
        Column("sent_count", "integer", ("Sent", "Enviadas", "Enviadas"), ("200",),
               ("sent count", "count", "cantidad", "quantidade", "envios"), required=True, least=0),
    ),
    key=("survey_name", "sent_on"),
)  # fmt: skip

RETURNS = Kind(
    "returns",
    ("returns", "return", "devolucoes", "devolucao", "devoluciones", "devolucion"),
    ("Returns", "Devoluciones", "Devoluções"),
    (
        Column("return_id", "text", ("Return", "Devolución", "Devolução"), ("D-1",),
               ("return id", "id")),
        Column("order_number", "text", ("Order", "Pedido", "Pedido"), ("1001",),
               ("order number", "order id", "numero del pedido", "numero do pedido")),
        Column("salesforce_order_id", "text",
               ("Salesforce order", "Pedido de Salesforce", "Pedido do Salesforce"), ("",),
               ("salesforce order id", "id do pedido no salesforce")),
        Column("returned_on", "date", ("Returned on", "Fecha de devolución", "Data da devolução"),
               ("2026-04-10",), ("date", "fecha", "data"), required=True),
        _SKU,
        Column("returned_quantity", "number", ("Quantity", "Cantidad", "Quantidade"), ("2",),
               ("units", "unidades", "qty", "qtd"), least=0),
        Column("returned_amount", "number", ("Amount", "Importe", "Valor"), ("300",),
               ("monto", "total", "valor devolvido", "importe devuelto"), least=0),
        _CURRENCY,
        Column("reason", "text", ("Reason", "Motivo", "Motivo"), ("damaged",), ("razon", "razao")),
    ),
    key=("return_id", "order_number", "salesforce_order_id", "returned_on", "sku"),
)  # fmt: skip

BENCHMARKS = Kind(
    "benchmarks",
    ("benchmarks", "benchmark", "referencias", "referencia", "sector", "setor"),
    ("Benchmarks", "Referencias", "Referências"),
    (
        Column("kpi_id", "kpi", ("KPI", "Indicador", "Indicador"), ("win_rate",),
               ("metric", "metrica", "indicator"), required=True),
        Column("segment", "text", ("Segment", "Segmento", "Segmento"), ("SaaS",),
               ("sector", "setor", "industry", "industria")),
        Column("segment_dimension", "choice",
               ("Kind of segment", "Tipo de segmento", "Tipo de segmento"), ("sector",),
               ("segment dimension", "segment type", "dimension", "dimensao"), choices=SEGMENTS),
        _COUNTRY,
        Column("benchmark_value", "number", ("Value", "Valor", "Valor"), ("25%",),
               ("benchmark", "benchmark value", "referencia"), required=True),
        Column("source_name", "text", ("Source", "Fuente", "Fonte"), ("Sector report 2026",),
               ("source name", "origen", "origem"), required=True),
        Column("source_date", "date", ("Date", "Fecha", "Data"), ("2026-01-31",),
               ("source date", "fecha de la fuente", "data da fonte"), required=True),
    ),
    key=("kpi_id", "segment", "segment_dimension", "country_code", "source_name", "source_date"),
)  # fmt: skip

CAMPAIGN_SPEND = Kind(
    "campaign_spend",
    ("campaign spend", "spend", "gastos de campanha", "gasto de campana", "investimento",
     "inversion", "gastos", "gasto", "campanhas", "campanas"),
    ("Campaign spend", "Gasto de campaña", "Gastos de campanha"),
    (
        Column("campaign_name", "text", ("Campaign", "Campaña", "Campanha"), ("Spring fair",),
               ("campaign name", "nombre de la campana", "nome da campanha"), required=True),
        Column("spent_on", "date", ("Date", "Fecha", "Data"), ("2026-03-02",),
               ("spent on", "day", "dia", "week", "semana"), required=True),
        Column("spend_amount", "number", ("Spend", "Gasto", "Gasto"), ("1500",),
               ("amount", "importe", "valor", "monto", "cost", "costo", "custo", "inversion",
                "investimento"), required=True, least=0),
        _CURRENCY,
    ),
    key=("campaign_name", "spent_on"),
)  # fmt: skip

WEB_SESSIONS = Kind(
    "web_sessions",
    ("web sessions", "sessions", "sessoes", "sesiones", "visitas", "visits", "trafego", "trafico"),
    ("Web sessions", "Visitas web", "Visitas do site"),
    (
        Column("session_on", "date", ("Date", "Fecha", "Data"), ("2026-03-02",),
               ("day", "dia", "session on"), required=True),
        Column("lead_source", "choice", ("Channel", "Canal", "Canal"), ("organic search",),
               ("lead source", "session default channel group", "default channel group", "origem",
                "origen", "source", "fuente"), required=True, choices=CHANNELS),
        Column("session_count", "integer", ("Sessions", "Visitas", "Visitas"), ("340",),
               ("sesiones", "sessoes", "visits", "session count"), required=True, least=0),
    ),
    key=("session_on", "lead_source"),
)  # fmt: skip

OWNER_MAP = Kind(
    "owner_map",
    ("owner map", "owners", "vendedores", "equipe de vendas", "equipo de ventas", "reps",
     "sales reps"),
    ("Owner map", "Vendedores", "Vendedores"),
    (
        Column("owner_email", "email", ("Rep's e-mail", "Correo del vendedor", "E-mail do vendedor"),
               ("ana@example.com",), _OWNER.also, required=True,
               personal=True, is_employee=True),
        Column("team_name", "text", ("Team", "Equipo", "Equipe"), ("SMB",), ("time", "team name")),
        _COUNTRY,
        _VALID_FROM,
    ),
    key=("owner_email", "valid_from"),
)  # fmt: skip

PRODUCT_COSTS = Kind(
    "product_costs",
    ("product costs", "costs", "custos", "costos", "costes", "custo dos produtos",
     "costo de productos"),
    ("Product costs", "Costos de productos", "Custos dos produtos"),
    (
        Column("sku", "text", ("SKU", "Código", "Código"), ("PLAN-PRO",), _SKU.also, required=True),
        Column("unit_cost", "number", ("Unit cost", "Costo unitario", "Custo unitário"), ("35.5",),
               ("cost", "costo", "coste", "custo", "cost price"), required=True, least=0),
        _CURRENCY,
        _VALID_FROM,
    ),
    key=("sku", "valid_from"),
)  # fmt: skip

KINDS = {
    kind.name: kind
    for kind in (
        TARGETS, MANUAL_SALES, SURVEYS, SURVEYS_SENT, RETURNS, BENCHMARKS, CAMPAIGN_SPEND,
        WEB_SESSIONS, OWNER_MAP, PRODUCT_COSTS,
    )
}  # fmt: skip
