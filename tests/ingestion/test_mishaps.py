"""What a newcomer meets: every mishap is one sentence, the right exit code, and nothing lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ingestion.__main__ import main
from ingestion.engine import client
from ingestion.engine.landing import folders
from ingestion.run import Home, prepare
from tests.ingestion.conftest import Served, contents, pull

Serve = Callable[[Path], Served]
Tell = Callable[..., tuple[int, str]]
ROOT = Path(__file__).parents[2]
PRODUCTS = ["pull", "hubspot", "products"]


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, home: Home, tmp_path: Path) -> None:
    """A working directory without .env, an environment without credentials."""
    for name in list(os.environ):
        if name.startswith(("HUBSPOT_", "SALESFORCE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(home.root))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def served(company: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Served:
    served = serve(company)
    for name, value in served.settings.items():
        monkeypatch.setenv(name, value)
    return served


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Type a command: its exit code, and what it says went wrong."""

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as ending:
            code = int(str(ending.code))
        return code, capsys.readouterr().err

    return run


def _only_sentence(said: str) -> str:
    (line,) = said.splitlines()
    assert line.startswith("error: ")
    return line


def test_env_in_the_working_directory_is_read_and_the_environment_wins(
    company: Path, serve: Serve, tell: Tell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = serve(company).settings
    lines = [f"{name}={value}" for name, value in settings.items()]
    (tmp_path / ".env").write_text("\n".join(lines) + "\nHUBSPOT_CLIENT_ID=\n")
    assert tell(*PRODUCTS) == (0, "")
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-na1-another")
    code, said = tell(*PRODUCTS)
    assert code == 1
    assert "check HUBSPOT_ACCESS_TOKEN" in _only_sentence(said)
    assert "HUBSPOT_BASE_URL" not in os.environ


def test_an_env_file_that_is_no_text_is_told(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"HUBSPOT_ACCESS_TOKEN=\xff\xfe\n")
    assert tell(*PRODUCTS) == (2, "error: .env cannot be read as UTF-8 text\n")


def test_without_credentials_one_sentence_says_what_to_set(tell: Tell) -> None:
    code, said = tell("pull", "hubspot")
    assert code == 2
    assert "not configured: set HUBSPOT_ACCESS_TOKEN" in _only_sentence(said)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "2026-01-01", "--full"], "leave out --from and --to"),
        (["--from", "2999-01-01"], "--from must not lie ahead"),
        (["--from", "0001-01-01T00:00:00+14:00"], "write a day as 2026-01-31"),
        (["--from", "1901-01-01"], "no CRM reaches back before 1999"),
        (["--workers", "0"], "a number from 1 to 32"),
        (["--workers", "many"], "a number from 1 to 32"),
    ],
)
def test_options_that_cannot_be_meant(tell: Tell, arguments: list[str], sentence: str) -> None:
    code, said = tell(*PRODUCTS, *arguments)
    assert code == 2
    assert sentence in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HUBSPOT_BASE_URL", "api.hubapi.com", "not a web address"),
        ("HUBSPOT_BASE_URL", "http://[", "not a web address"),
        ("HUBSPOT_BASE_URL", "http://127.0.0.1:9", "the connection to 127.0.0.1:9 failed"),
        ("HUBSPOT_ACCESS_TOKEN", "pat-na1-x\n", "characters that no token has"),
        ("HUBSPOT_ACCESS_TOKEN", "pat-na1-wrong", "check HUBSPOT_ACCESS_TOKEN"),
        ("HUBSPOT_API_VERSION", "1999-01", "check HUBSPOT_API_VERSION"),
        ("HUBSPOT_SEARCH_PER_SECOND", "fast", "HUBSPOT_SEARCH_PER_SECOND must be a whole number"),
        ("HUBSPOT_SEARCH_PER_SECOND", "0", "HUBSPOT_SEARCH_PER_SECOND must be a whole number"),
    ],
)
@pytest.mark.usefixtures("served")
def test_a_wrong_setting_is_told_once_for_all_entities(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setattr(client, "MAX_TRIES", 1)
    monkeypatch.setenv(name, value)
    code, said = tell("pull", "hubspot")
    assert code == 1
    assert sentence in _only_sentence(said)
    assert name != "HUBSPOT_ACCESS_TOKEN" or value.strip() not in said


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SALESFORCE_API_VERSION", "20.0", "check SALESFORCE_API_VERSION"),
        ("SALESFORCE_LOGIN_URL", "http://127.0.0.1:9", "the connection to 127.0.0.1:9 failed"),
    ],
)
@pytest.mark.usefixtures("served")
def test_a_wrong_salesforce_setting_is_told(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setattr(client, "MAX_TRIES", 1)
    monkeypatch.setenv(name, value)
    code, said = tell("pull", "salesforce")
    assert code == 1
    assert sentence in _only_sentence(said)


def test_where_nothing_may_be_read_the_pull_has_failed(served: Served, tell: Tell) -> None:
    served.context.withheld_scopes = frozenset({"tickets"})
    code, said = tell("pull", "hubspot", "tickets")
    assert code == 1
    assert said.startswith("skipped: tickets: ")


@pytest.mark.usefixtures("served")
def test_a_home_that_cannot_be_a_folder_is_told(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(tmp_path / "file"))
    code, said = tell(*PRODUCTS)
    assert code == 1
    assert "cannot be made: File exists" in _only_sentence(said)


@pytest.mark.usefixtures("served")
def test_a_damaged_warehouse_is_made_anew_as_the_sentence_says(tell: Tell, home: Home) -> None:
    assert tell(*PRODUCTS)[0] == 0
    before = contents(home)
    with home.warehouse.open("r+b") as file:
        file.write(b"x" * 4096)
    for arguments in (PRODUCTS, ["status"], ["load", "hubspot"]):
        code, said = tell(*arguments)
        assert code == 1
        assert "move it away and run `rebuild`" in _only_sentence(said)
    shutil.move(home.warehouse, home.root / "damaged")
    assert tell("rebuild", "hubspot") == (0, "")
    assert contents(home) == before


@pytest.mark.usefixtures("served")
def test_a_damaged_page_is_read_again_as_the_sentence_says(tell: Tell, home: Home) -> None:
    assert tell(*PRODUCTS)[0] == 0
    before = contents(home)
    (page,) = home.landing.glob("hubspot/products/*/000001.json.gz")
    page.write_bytes(page.read_bytes()[:-1])
    code, said = tell("rebuild", "hubspot")
    assert code == 1
    assert "delete the folder and pull again with --full" in _only_sentence(said)
    shutil.rmtree(page.parent)
    assert tell(*PRODUCTS, "--full")[0] == 0
    assert contents(home) == before


# The test's own process may ignore SIGINT, and its children would inherit that.
START = """
import resource, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
room = int(sys.argv[1])
if room:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
from ingestion.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


def _start(
    arguments: list[str], settings: Mapping[str, str], home: Home, *, bytes_a_file: int = 0
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START, str(bytes_a_file), *arguments],
        cwd=ROOT,
        env={**os.environ, **settings, "SALES_HEARTBEAT_HOME": str(home.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("served")
def test_a_warehouse_that_was_never_finished_is_begun_anew(tell: Tell, home: Home) -> None:
    assert tell(*PRODUCTS)[0] == 0
    before = contents(home)
    # What a full disk leaves of a new file: less than its headers.
    home.warehouse.write_bytes(home.warehouse.read_bytes()[:3000])
    assert tell("status") == (0, "")
    assert tell(*PRODUCTS)[0] == 0
    assert contents(home) == before


def test_a_disk_without_room_for_a_new_warehouse_is_told(
    company: Path, serve: Serve, home: Home
) -> None:
    settings = serve(company).settings
    process = _start(PRODUCTS, settings, home, bytes_a_file=3_000)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "warehouse.duckdb cannot be written: File too large" in _only_sentence(said)
    again = _start(PRODUCTS, settings, home)
    assert again.communicate(timeout=60)[1] == ""
    assert again.returncode == 0


def test_a_disk_without_room_loses_nothing(company: Path, serve: Serve, tmp_path: Path) -> None:
    settings = serve(company).settings
    calm, cramped = Home(tmp_path / "calm"), Home(tmp_path / "cramped")
    pull(serve(company), calm, "hubspot", "deals", "contacts")
    shutil.copytree(calm.landing, cramped.landing)
    prepare("hubspot", home=cramped)
    # The limit on a file's size stands for the full disk: both refuse the write.
    process = _start(["load", "hubspot"], settings, cramped, bytes_a_file=200_000)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "warehouse.duckdb cannot be written: File too large" in _only_sentence(said)
    again = _start(["load", "hubspot"], settings, cramped)
    assert again.communicate(timeout=60)[1] == ""
    assert contents(cramped) == contents(calm)


@pytest.mark.usefixtures("served")
def test_a_landing_without_room_leaves_nothing_half(
    tell: Tell, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> int:
        raise OSError(28, os.strerror(28), str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", refuse)
        code, said = tell(*PRODUCTS)
    assert code == 1
    assert _only_sentence(said).endswith("writing the landing: No space left on device")
    assert list((home.landing / "hubspot" / "products").iterdir()) == []
    assert tell(*PRODUCTS)[0] == 0


@pytest.mark.parametrize(("told", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_pull_ends_at_once_and_goes_on_later(
    company: Path, serve: Serve, tmp_path: Path, told: signal.Signals, code: int
) -> None:
    served = serve(company)
    calm, disturbed = Home(tmp_path / "calm"), Home(tmp_path / "disturbed")
    pull(served, calm, "hubspot", "deals", "products")
    served.fault(path="/crm/objects", kind="slow", seconds=0.5)
    process = _start(["pull", "hubspot"], served.settings, disturbed)
    deadline = time.monotonic() + 30
    while not list(disturbed.landing.glob("hubspot/*/*.tmp/*.gz")):
        assert time.monotonic() < deadline, "no page was landed"
        time.sleep(0.02)
    began = time.monotonic()
    process.send_signal(told)
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert process.returncode == code
    assert _only_sentence(said).startswith("error: interrupted")
    assert not any(
        folders(disturbed.landing, "hubspot", entity) for entity in ("deals", "products")
    )
    served.context.faults.clear()
    pull(served, disturbed, "hubspot", "deals", "products")
    assert list(disturbed.landing.glob("hubspot/*/*.tmp")) == []
    for table in ("raw_hubspot.deals", "raw_hubspot.products", "raw_hubspot.associations"):
        assert contents(disturbed)[table] == contents(calm)[table]


@pytest.mark.parametrize(("told", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_load_loses_nothing(
    company: Path, serve: Serve, tmp_path: Path, told: signal.Signals, code: int
) -> None:
    settings = serve(company).settings
    calm, disturbed = Home(tmp_path / "calm"), Home(tmp_path / "disturbed")
    pull(serve(company), calm, "hubspot", "deals", "contacts", "emails")
    shutil.copytree(calm.landing, disturbed.landing)
    for pause in (0.0, 0.2, 0.4):
        process = _start(["rebuild", "hubspot"], settings, disturbed)
        deadline = time.monotonic() + 30
        while not Path(f"{disturbed.warehouse}.wal").exists() and process.poll() is None:
            assert time.monotonic() < deadline, "no load began"
            time.sleep(0.01)
        time.sleep(pause)
        process.send_signal(told)
        output, said = process.communicate(timeout=30)
        # Told after its last word, while Python puts things away, it dies of the signal itself.
        assert process.returncode in (0, code) or (
            process.returncode == -told and "emails" in output
        )
        if process.returncode == code:
            assert _only_sentence(said).startswith("error: interrupted")
    assert _start(["load", "hubspot"], settings, disturbed).communicate(timeout=60)[1] == ""
    assert contents(disturbed) == contents(calm)
