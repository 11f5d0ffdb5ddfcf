"""A gate: the suites of one border, each a blocking check of the relation that it guards."""

from collections.abc import Iterator, Sequence

import dagster as dg

from data_quality import results, runner
from data_quality.model import CheckResult, Suite, SuiteResult
from data_quality.suites import SUITES
from ingestion.engine.warehouse import opened
from orchestration.policies import WRITER_POOL
from orchestration.resources import Business

CHECK = "quality_suite"


class QualityGateComponent(dg.Component, dg.Resolvable, dg.Model):
    """The suites registered under `gate`: a critical failure, or a question that could not be
    asked, stops what reads the relation; a warning is told and stops nothing."""

    gate: str

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        return dg.Definitions(asset_checks=[gate(self.gate, SUITES[self.gate])])


def gate(name: str, suites: Sequence[Suite]) -> dg.AssetChecksDefinition:
    """One check per suite, all in one step: what follows is one step too, and waits for them all.

    A step per suite was measured at twice the time of the questions themselves.
    """
    by_key = {dg.AssetKey([suite.schema, suite.table]): suite for suite in suites}

    @dg.multi_asset_check(
        name=f"quality_{name}",
        specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=key,
                description=f"{suite.why} (owner: {suite.owner})",
                blocking=True,
            )
            for key, suite in by_key.items()
        ],
        can_subset=True,
        pool=WRITER_POOL,
        required_resource_keys={"business"},
    )
    def quality(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        business: Business = context.resources.business
        as_of = business.instant(context.instance, context.run)
        chosen = {check.asset_key for check in context.selected_asset_check_keys}
        asked = [suite for key, suite in by_key.items() if key in chosen]
        found = runner.run_all(
            asked, business.warehouse, as_of=as_of, published=business.published_file
        )
        if business.warehouse.exists():
            with opened(business.warehouse) as connection:
                results.record(connection, found, run_id=context.run.run_id, as_of=as_of)
        for result in found:
            yield answer(result)

    return quality


def answer(result: SuiteResult) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if result.blocks else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(result.relation.split(".")),
        check_name=CHECK,
        passed=result.passed,
        severity=severity,
        description=str(result),
        metadata={
            "expectations": len(result.checks),
            "failed": len(result.failed),
            "seconds": result.seconds,
            "details": dg.MetadataValue.md("\n".join([*_HEADER, *map(_line, result.checks)])),
        },
    )


_HEADER = (
    "| expectation | outcome | severity | observed | why |",
    "| --- | --- | --- | --- | --- |",
)


def _line(one: CheckResult) -> str:
    outcome = "passed" if one.passed else "failed"
    seen = one.error or one.note or one.observed
    if one.sample:
        seen = f"{seen}; for instance {', '.join(one.sample)}"
    cells = (one.name, outcome, one.severity, seen, one.why)
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"
