"""What an alert says and where it goes. No row of anyone's data ever enters an alert."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

import requests

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10


class ChannelError(Exception):
    """The channel was reached and refused the alert."""


@dataclass(frozen=True)
class Alert:
    title: str
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join((self.title, *(f"- {line}" for line in self.lines)))


class Channel(Protocol):
    def send(self, alert: Alert) -> None: ...


@dataclass(frozen=True)
class LogChannel:
    """Always there, so that no alert is lost while no other channel is set up."""

    def send(self, alert: Alert) -> None:
        logger.warning("%s", alert.text)


@dataclass(frozen=True)
class WebhookChannel:
    """Posts `{"text": …}`, which Slack, Mattermost, Google Chat and Teams workflows take."""

    url: str

    def send(self, alert: Alert) -> None:
        response = requests.post(self.url, json={"text": alert.text}, timeout=TIMEOUT_SECONDS)
        if not response.ok:
            # The address itself is a secret, so no message may hold it.
            raise ChannelError(f"the webhook answered {response.status_code}")


@dataclass(frozen=True)
class EmailChannel:
    """Hands the mail to a relay; the relay's own log tells what became of it."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]

    def send(self, alert: Alert) -> None:
        message = EmailMessage()
        message["Subject"] = alert.title
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message.set_content(alert.text)
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS) as relay:
            relay.send_message(message)


def send(alert: Alert, channels: Sequence[Channel]) -> list[str]:
    """Tell every channel; returns the names of those that failed.

    A channel that is down must not keep the others from telling, hence one of the two places where
    every exception is caught.
    """
    failed = []
    for channel in channels:
        try:
            channel.send(alert)
        except Exception as error:  # noqa: BLE001
            # The kind alone: the message of a failed request holds the webhook's secret address.
            logger.error(
                "%s did not take the alert: %s", type(channel).__name__, type(error).__name__
            )
            failed.append(type(channel).__name__)
    return failed
