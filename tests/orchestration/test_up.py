"""What `make up` starts ends with it, however it is stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHILD = "import time; print('up', flush=True); time.sleep(60)"
# Interrupts are ignored at first, as a shell starts what runs in the background.
PARENT = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
from orchestration.up import until_stopped
sys.exit(until_stopped([sys.executable, "-c", {CHILD!r}]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.timeout(60)
def test_whoever_stops_it_stops_all_of_it(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        parent.send_signal(number)
        # Both hold this pipe: it ends when both have ended.
        assert parent.stdout.read() == ""
