"""What steps are handed: the business and its files, a CRM account, the channels of alerts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from orchestration.notify import Alert, Channel, EmailChannel, LogChannel, WebhookChannel, send

AS_OF_TAG = "as_of"


class Business(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the files are, and the settings that the models are computed with."""

    home: str
    as_of: str
    timezone: str
    currency: str
    country: str
    fiscal_year_start_month: str
    sector: str = ""
    log: str = ""  # the file that takes a JSON line per unit of work

    @property
    def root(self) -> Path:
        return Path(self.home).resolve()

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def published_file(self) -> Path:
        return self.root / "published" / "sales_heartbeat.duckdb"

    @property
    def published_parquet(self) -> Path:
        return self.root / "published" / "parquet"

    def instant(self, instance: dg.DagsterInstance, run: dg.DagsterRun) -> datetime:
        """The run's `as_of`: its tag, else the environment's, else when the run started.

        All steps of a run, and its retries by hand, so see the same instant.
        """
        given = run.tags.get(AS_OF_TAG) or self.as_of
        if given:
            return instant_of(given)
        record = instance.get_run_record_by_id(run.run_id)
        if record is None or record.start_time is None:
            raise dg.Failure(f"run {run.run_id} has no start to take as its instant")
        return datetime.fromtimestamp(record.start_time, UTC).replace(microsecond=0)


def instant_of(text: str) -> datetime:
    """An ISO instant with its zone, as UTC; a time without a zone would be anyone's guess."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: write 2026-11-03T15:00:00Z")
    return instant.astimezone(UTC)


class Account(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The variables of one CRM that are set; none means that the CRM is not configured."""

    settings: dict[str, str]


class Alerts(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The log, and whichever other channels are set up."""

    webhook_url: str
    mail_host: str
    mail_port: str
    mail_from: str
    mail_to: str

    @property
    def channels(self) -> list[Channel]:
        channels: list[Channel] = [LogChannel()]
        if self.webhook_url:
            channels.append(WebhookChannel(self.webhook_url))
        if self.mail_host and self.mail_to:
            recipients = tuple(part.strip() for part in self.mail_to.split(","))
            channels.append(
                EmailChannel(self.mail_host, int(self.mail_port), self.mail_from, recipients)
            )
        return channels

    def tell(self, alert: Alert) -> None:
        """Raises when a channel failed, so that the sensor's tick shows it and tries again."""
        failed = send(alert, self.channels)
        if failed:
            raise dg.Failure(f"{', '.join(failed)} did not take the alert {alert.title!r}")
