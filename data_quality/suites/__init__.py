"""The registry: every suite by the name of its gate; a gate is what the next step waits for."""

from __future__ import annotations

from data_quality.model import Suite
from data_quality.suites.marts import (
    customers,
    dimensions,
    funnel,
    goals,
    journey,
    kpi,
    opportunities,
    performance,
    pipeline,
    records,
    sales,
    trust,
)
from data_quality.suites.raw import hubspot, pipedrive, salesforce, spreadsheets

SUITES: dict[str, tuple[Suite, ...]] = {
    "raw_hubspot": hubspot.SUITES,
    "raw_salesforce": salesforce.SUITES,
    "raw_pipedrive": pipedrive.SUITES,
    "raw_spreadsheets": spreadsheets.SUITES,
    "publish": (
        *kpi.SUITES,
        *opportunities.SUITES,
        *pipeline.SUITES,
        *funnel.SUITES,
        *performance.SUITES,
        *records.SUITES,
        *dimensions.SUITES,
        *sales.SUITES,
        *journey.SUITES,
        *customers.SUITES,
        *goals.SUITES,
        *trust.SUITES,
    ),
}
