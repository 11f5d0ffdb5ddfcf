"""What stands around both vendors: the clock, compression, counters, control and the command."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests

from sandbox.__main__ import main
from sandbox.connection import HUBSPOT_ACCESS_TOKEN, environment
from sandbox.context import Context
from sandbox.store import Store
from tests.sandbox.hubspot.portal import NOW, build
from tests.sandbox.hubspot.served import Served
from tests.sandbox.serving import serving

DEALS = "/crm/objects/2026-03/deals"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    path = tmp_path / "company.sqlite"
    build(path)
    context = Context(path, enforce_limits=False)
    with serving(context) as url:
        yield Served(url, context)


@contextmanager
def command(*arguments: str) -> Iterator[str]:
    """The address that `python -m sandbox serve` prints, for as long as the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(timeout=10)


def test_the_date_header_is_the_sandboxs_clock(own: Served) -> None:
    date = parsedate_to_datetime(own.get(DEALS).headers["date"])

    assert date.timestamp() * 1000 == NOW
    assert own.get("/_control/clock").json() == {"now": "2025-11-03T15:00:00Z", "now_ms": NOW}


def test_compresses_for_those_who_can_read_it(own: Served) -> None:
    zipped = own.get(DEALS, limit=100)
    plain = own.ask("GET", f"{DEALS}?limit=100", headers={"Accept-Encoding": "identity"})

    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.json() == plain.json()
    assert int(zipped.headers["content-length"]) < int(plain.headers["content-length"]) / 4


def test_keeps_the_connection_for_the_next_request(own: Served) -> None:
    connection = HTTPConnection(own.url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/_control/clock")
    first = connection.getresponse().read()
    used = connection.sock
    connection.request("GET", "/_control/clock")
    second = connection.getresponse().read()

    # The client drops its socket when the server closes it after an answer.
    assert used is not None
    assert connection.sock is used
    assert first == second
    connection.close()


def test_counts_requests_by_path_pattern(own: Served) -> None:
    own.get(DEALS)
    own.get(DEALS)
    own.get(f"{DEALS}/42")
    own.get("/nowhere")

    counts = own.get("/_control/requests").json()
    own.ask("DELETE", "/_control/requests")

    assert counts == {
        "GET (no such path)": 1,
        "GET /crm/objects/{version}/{type}": 2,
        "GET /crm/objects/{version}/{type}/{id}": 1,
    }
    assert own.get("/_control/requests").json() == {}


def test_answers_many_at_once(own: Served) -> None:
    with ThreadPoolExecutor(8) as pool:
        sizes = list(
            pool.map(
                lambda _: len(
                    requests.get(
                        f"{own.url}{DEALS}?limit=100", headers=own.session.headers, timeout=10
                    ).json()["results"]
                ),
                range(24),
            )
        )

    assert sizes == [60] * 24


def test_sees_a_store_that_was_replaced(own: Served, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with Store(other) as store:
        store.set_meta("now_ms", str(NOW + 1000))
        store.commit()
        store.connection.execute("pragma wal_checkpoint(truncate)")
    for name in ("-wal", "-shm"):
        Path(f"{own.context.path}{name}").unlink(missing_ok=True)
    other.replace(own.context.path)

    assert own.get("/_control/clock").json()["now_ms"] == NOW + 1000
    assert own.get(DEALS).json() == {"results": []}


def test_a_store_without_a_clock_cannot_be_served(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    Store(path).close()

    with pytest.raises(LookupError, match="holds no clock"), serving(Context(path, False)):
        pass


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/_control/advance", {"days": 0}),
        ("POST", "/_control/advance", {"days": "two"}),
        ("POST", "/_control/advance", {"days": 1}),
        ("POST", "/_control/scopes", {"withhold": "tickets"}),
        ("POST", "/_control/search_lag", {"ms": -1}),
        ("POST", "/_control/faults", {"path": "/crm"}),
        ("POST", "/_control/faults", "all"),
    ],
)
def test_control_says_what_it_does_not_understand(
    own: Served, method: str, path: str, body: object
) -> None:
    answer = own.ask(method, path, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_environment_names_every_vendor_that_is_there() -> None:
    two = set(environment("http://127.0.0.1:1", has_partners=False))
    assert two == {
        "HUBSPOT_BASE_URL",
        "HUBSPOT_ACCESS_TOKEN",
        "SALESFORCE_LOGIN_URL",
        "SALESFORCE_CLIENT_ID",
        "SALESFORCE_CLIENT_SECRET",
    }
    three = set(environment("http://127.0.0.1:1", has_partners=True))
    assert three - two == {"PIPEDRIVE_BASE_URL", "PIPEDRIVE_API_TOKEN"}


def test_env_prints_lines_for_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "--url", "http://127.0.0.1:9/"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert "export HUBSPOT_BASE_URL=http://127.0.0.1:9" in lines
    assert all(re.fullmatch(r"export [A-Z_]+=\S+", line) for line in lines)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["serve", "--store", "nowhere.sqlite"], "does not exist"),
        (["serve", "--salesforce", "no-such-folder"], "is not a folder"),
        (["advance", "--store", "nowhere.sqlite"], "does not exist"),
        (["advance", "0", "days"], "at least 1"),
        (["generate", "--deals", "0"], "at least 1"),
        (["truth", "--store", "nowhere.sqlite"], "does not exist"),
    ],
)
def test_commands_end_with_a_clear_error(
    arguments: list[str],
    text: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == 2
    assert text in capsys.readouterr().err


def test_generate_does_not_replace_a_store_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kept.sqlite"
    build(path)

    assert main(["generate", "--store", str(path), "--deals", "10"]) == 2
    assert "--force" in capsys.readouterr().err


def test_serve_plays_a_portal_from_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "portal"
    folder.mkdir()
    (folder / "deals.csv").write_text(
        "id,dealname,amount,createdAt,updatedAt\n"
        "7,First,10.50,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z\n"
        "3,Second,,2026-01-03T00:00:00Z,2026-01-03T00:00:00Z\n"
    )

    with command("serve", "--hubspot", str(folder), "--port", "0") as url:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {HUBSPOT_ACCESS_TOKEN}"
        listed = session.get(f"{url}{DEALS}?properties=dealname,amount", timeout=10).json()
        found = session.post(f"{url}{DEALS}/search", json={}, timeout=10).json()

    deals = [(row["id"], row["properties"]["amount"]) for row in listed["results"]]
    assert [id for id, _ in deals] == ["3", "7"]
    assert dict(deals)["7"] == "10.50"
    assert [row["id"] for row in found["results"]] == ["7", "3"]


def test_serve_prints_its_address_and_listens_on_loopback_alone(tmp_path: Path) -> None:
    path = tmp_path / "company.sqlite"
    build(path)

    with command("serve", "--store", str(path), "--port", "0") as url:
        clock = requests.get(f"{url}/_control/clock", timeout=10).json()
        key = path.with_name("salesforce-jwt.pem")
        mode = key.stat().st_mode & 0o777

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert clock["now_ms"] == NOW
    assert mode == 0o600
    assert not key.exists()
