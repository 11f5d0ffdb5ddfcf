"""Every channel is told, and one that is down keeps no other from it."""

from __future__ import annotations

import json
import logging

import pytest
import responses

from orchestration.notify import Alert, ChannelError, LogChannel, WebhookChannel, send

ALERT = Alert("heartbeat failed", ("run 1", "raw_toy/deals: quality_suite (error)"))
URL = "https://hooks.example/secret"


def test_the_log_takes_the_whole_alert(caplog: pytest.LogCaptureFixture) -> None:
    assert send(ALERT, [LogChannel()]) == []
    assert caplog.messages == ["heartbeat failed\n- run 1\n- raw_toy/deals: quality_suite (error)"]


@responses.activate
def test_a_webhook_is_posted_the_text() -> None:
    responses.post(URL, status=200)

    assert send(ALERT, [WebhookChannel(URL)]) == []

    assert json.loads(responses.calls[0].request.body or "") == {"text": ALERT.text}


@responses.activate
def test_a_webhook_that_refuses_is_named_and_the_log_still_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    responses.post(URL, status=500)
    caplog.set_level(logging.WARNING)

    assert send(ALERT, [WebhookChannel(URL), LogChannel()]) == ["WebhookChannel"]

    assert ALERT.text in caplog.messages
    assert "secret" not in caplog.text


@responses.activate
def test_a_refusal_holds_no_address() -> None:
    responses.post(URL, status=403)

    with pytest.raises(ChannelError) as refused:
        WebhookChannel(URL).send(ALERT)

    assert str(refused.value) == "the webhook answered 403"
