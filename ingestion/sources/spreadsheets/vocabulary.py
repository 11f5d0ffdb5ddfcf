"""The words that people use for what has one name here, in three languages, as `plain` makes them."""

from __future__ import annotations

from ingestion.sources.spreadsheets.words import Choices

SCOPES: Choices = {
    "total": ("total", "company", "empresa", "compania", "geral", "general"),
    "team": ("team", "equipo", "equipe", "time"),
    "owner": ("owner", "rep", "seller", "vendedor", "vendedora", "responsable", "responsavel"),
    "segment": ("segment", "segmento", "region", "regiao", "territory", "territorio"),
}
# What a benchmark's segment is one of. A sector is one's own: all that one sells is beside it.
SEGMENTS: Choices = {
    "sector": ("setor", "own sector", "sector propio", "setor proprio"),
    "industry": ("industria", "customer industry", "ramo", "giro", "rubro"),
    "size_band": ("size", "company size", "employees", "tamano", "tamanho", "porte", "empleados",
                  "funcionarios"),
    "lead_source": ("source", "channel", "origen", "origem", "canal"),
    "deal_type": ("kind of deal", "tipo de negocio", "tipo de venta", "tipo de venda"),
    "product_family": ("product", "family", "familia", "linea de productos", "linha de produtos"),
    "pipeline": ("funnel", "funil", "embudo"),
}  # fmt: skip
GRAINS: Choices = {
    "day": ("day", "dia", "daily", "diario"),
    "week": ("week", "semana", "weekly", "semanal"),
    "month": ("month", "mes", "monthly", "mensual", "mensal"),
    "quarter": ("quarter", "trimestre", "quarterly", "trimestral"),
    "year": ("year", "ano", "annual", "anual"),
}
SURVEY_TYPES: Choices = {
    "CSAT": ("csat", "satisfaction", "satisfaccion", "satisfacao"),
    "NPS": ("nps", "recommendation", "recomendacion", "recomendacao"),
    "CES": ("ces", "effort", "esfuerzo", "esforco"),
}
CHANNELS: Choices = {
    "organic_search": (
        "organic search", "organic", "busca organica", "busqueda organica", "organico", "seo",
    ),
    "paid_search": (
        "paid search", "busca paga", "busqueda de pago", "busqueda pagada", "paid", "sem", "cpc",
        "google ads", "display", "ads",
    ),
    "email": ("email", "e mail", "correo", "correo electronico", "newsletter"),
    "social": (
        "social", "social media", "organic social", "paid social", "redes sociales",
        "redes sociais", "social pago", "facebook", "instagram", "linkedin",
    ),
    "referral": ("referral", "referrals", "indicacao", "referido", "referencia", "parceiro", "socio"),
    "direct": ("direct", "direto", "directo"),
    "event": ("event", "evento", "feria", "feira", "offline", "webinar"),
    "other": ("other", "otro", "otros", "outro", "outros", "unassigned", "not set"),
}  # fmt: skip

# What people call the KPIs that targets and benchmarks are most often set for.
KPIS: Choices = {
    "sales_amount": ("sales", "revenue", "vendas", "ventas", "faturamento", "facturacion",
                     "ingresos", "receita", "receitas"),
    "deals_won": ("deals won", "won deals", "negocios ganhos", "negocios ganados"),
    "win_rate": ("win rate", "taxa de ganho", "tasa de cierre", "taxa de fechamento",
                 "tasa de ganados"),
    "average_deal_size": ("average deal size", "ticket medio", "ticket promedio"),
    "activities_completed": ("activities", "atividades", "actividades"),
    "leads_created": ("leads", "clientes potenciales"),
    "new_customers": ("new customers", "clientes novos", "novos clientes", "clientes nuevos"),
}  # fmt: skip
COUNTRIES: Choices = {
    "BR": ("brasil", "brazil"), "MX": ("mexico",), "ES": ("espana", "spain", "espanha"),
    "US": ("united states", "usa", "eua", "ee uu", "eeuu", "estados unidos"),
    "PT": ("portugal",), "AR": ("argentina",), "CL": ("chile",), "CO": ("colombia",),
    "PE": ("peru",), "UY": ("uruguay", "uruguai"), "CA": ("canada",),
}  # fmt: skip
