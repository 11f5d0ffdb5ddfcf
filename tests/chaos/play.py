"""Plays a schedule against the engine and says what went wrong, if anything did."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from ingestion.engine.errors import IngestionError, WarehouseError
from ingestion.engine.landing import folders, read_manifest
from ingestion.model import Landed, Loaded, Mode, Window
from ingestion.run import Home, cursors, land, load, rebuild, settle
from tests.chaos import mortal, truth
from tests.chaos.haste import hurried
from tests.chaos.hosted import BULK_FROM_ROWS, Hosted, hosted
from tests.chaos.org import Org
from tests.chaos.portal import Portal
from tests.chaos.schedule import Pull, Schedule, Trouble, Wait
from tests.chaos.world import MINUTE, SECOND, World
from tests.ingestion.conftest import contents

WORLDS: dict[str, type[Portal] | type[Org]] = {"hubspot": Portal, "salesforce": Org}
ENTITIES = {name: world.entities for name, world in WORLDS.items()}
LONGEST_LIFE = 180.0  # seconds after which a process in which nothing happens is a finding


class Finding(Exception):
    """Something that must not be."""


@dataclass
class Player:
    """One schedule being played, in a folder of its own."""

    schedule: Schedule
    world: World
    host: Hosted
    home: Home
    began: float
    told: list[str] = field(default_factory=list)

    def play(self) -> None:
        for step in self.schedule.steps:
            if isinstance(step, Wait):
                self._wait(step)
            elif isinstance(step, Pull):
                self._pull(step)
            else:
                self._trouble(step)
        self._close()

    def _wait(self, step: Wait) -> None:
        each = step.milliseconds // (step.deeds + 1) + 1
        end = self.world.now + step.milliseconds
        self.world.change(step.seed, step.deeds, apart=each)
        self.world.pass_time(max(end - self.world.now, SECOND))

    def _pull(self, step: Pull) -> None:
        self.host.up()
        self.host.arm(step.rules)
        process = None
        deeds = dict(step.during)
        dies_at_request = step.death is not None and step.death.at == "request"
        last = step.death.number if step.death is not None and dies_at_request else None
        signal_at_last = getattr(signal, step.death.signal) if step.death is not None else 0

        def occasion(number: int) -> None:
            if number in deeds:
                self.world.change(f"{step.seed}@{number}", deeds[number], apart=5 * SECOND)
            if number == step.expiry:
                self.host.context.tokens.expire()
            if number == step.outage:
                self.host.down()
            if process is not None and process.pid is not None and number == last:
                os.kill(process.pid, signal_at_last)

        self.host.faults.begin(occasion)
        try:
            if step.death is None and step.room is None:
                self._pull_here(step)
            else:
                told = self.home.root.with_name("told.txt")
                process = mortal.start(self._order(step), told)
                process.join(LONGEST_LIFE)
                if process.exitcode is None:
                    process.kill()
                    raise Finding(f"{step.seed}: the process did not end")
                if process.exitcode == mortal.UNEXPECTED:
                    raise Finding(f"{step.seed}: {told.read_text()}")
                self.told.append(f"{step.seed}: process ended with {process.exitcode}")
        finally:
            self.host.faults.begin(None)
            self.host.arm(())

    def _pull_here(self, step: Pull) -> None:
        try:
            landed = land(
                self.world.source,
                step.entities,
                settings=self._settings(step),
                home=self.home,
                mode=self._mode(step),
                window=self._window(step),
                workers=step.workers,
            )
            self._note(step.seed, landed)
            if step.is_loaded:
                self._note(step.seed, load(self.world.source, step.entities, home=self.home))
        except IngestionError as error:
            self.told.append(f"{step.seed}: {error} ({error.__cause__})")

    def _order(self, step: Pull) -> mortal.Order:
        return mortal.Order(
            source=self.world.source,
            entities=step.entities,
            every=self.schedule.entities,
            settings=self._settings(step),
            home=self.home.root,
            store=self.world.store.path,
            began=self.began,
            mode=self._mode(step),
            window=self._window(step),
            workers=step.workers,
            is_loaded=step.is_loaded,
            death=step.death,
            room=step.room,
        )

    def _settings(self, step: Pull) -> dict[str, str]:
        if not step.is_bulk:
            return self.host.settings
        return self.host.settings | {"SALESFORCE_BULK_FROM_ROWS": str(BULK_FROM_ROWS)}

    @staticmethod
    def _mode(step: Pull) -> Mode:
        return cast(Mode, "incremental" if step.mode == "backfill" else step.mode)

    def _window(self, step: Pull) -> Window | None:
        if step.days_back is None:
            return None
        now = datetime.fromtimestamp(self.world.now // 1000, UTC)
        return Window(now - timedelta(days=step.days_back), now)

    def _note(self, seed: str, outcomes: Iterable[Landed | Loaded]) -> None:
        for one in outcomes:
            if one.reason is not None:
                self.told.append(f"{seed}: {one.entity} {one.status}: {one.reason}")

    def _trouble(self, step: Trouble) -> None:
        if not self.home.warehouse.exists():
            return
        if step.kind == "rebuild":
            self._rebuilt_is_the_same()
        elif step.kind == "warehouse_damaged":
            self._damage_the_warehouse()
        elif step.kind == "page_damaged":
            self._damage_a_page(random.Random(step.seed))
        else:
            self._hold_the_warehouse(step)

    def _rebuilt_is_the_same(self) -> None:
        if any(
            one.status == "failed"
            for one in load(self.world.source, self.schedule.entities, home=self.home)
        ):
            raise Finding("a landing that was whole could not be loaded")
        before = contents(self.home)
        rebuild(self.world.source, home=self.home)
        after = contents(self.home)
        for table in sorted(before.keys() | after.keys()):
            one, other = before.get(table, []), after.get(table, [])
            if one != other:
                more, less = set(other) - set(one), set(one) - set(other)
                raise Finding(
                    f"rebuilt {table} differs: {len(one)} rows before, {len(other)} after;"
                    f" only before {sorted(less)[:2]}, only after {sorted(more)[:2]}"
                )

    def _damage_the_warehouse(self) -> None:
        with self.home.warehouse.open("r+b") as file:
            file.write(b"x" * 12_288)
        try:
            load(self.world.source, self.schedule.entities, home=self.home)
        except WarehouseError as error:
            self.told.append(str(error))
        else:
            raise Finding("a damaged warehouse was not noticed")
        for file in self.home.root.glob("warehouse.duckdb*"):
            file.unlink()
        self._note("rebuilt", rebuild(self.world.source, home=self.home))

    def _damage_a_page(self, chance: random.Random) -> None:
        # A page without rows is not read again: whatever becomes of it, nothing is lost.
        pages = [
            folder / page.file
            for entity in self.schedule.entities
            for folder in folders(self.home.landing, self.world.source, entity)
            for page in read_manifest(folder).pages
            if page.rows
        ]
        if not pages:
            return
        page = chance.choice(pages)
        content = bytearray(page.read_bytes())
        # Not in the first bytes: nobody reads the time that a gzip header holds.
        content[chance.randrange(12, len(content))] ^= 0xFF
        page.write_bytes(bytes(content))
        entity = page.parent.parent.name
        results = rebuild(self.world.source, home=self.home)
        if not any(one.entity == entity and one.status == "failed" for one in results):
            raise Finding(f"a damaged page of {entity} was not noticed")
        shutil.rmtree(page.parent)
        settings = self.host.settings
        land(self.world.source, [entity], settings=settings, home=self.home, mode="full")
        self._must(load(self.world.source, [entity], home=self.home))

    def _hold_the_warehouse(self, step: Trouble) -> None:
        context = mortal.processes()
        is_held, is_free = context.Event(), context.Event()
        process = mortal.hold(self.home.warehouse, is_held, is_free)
        try:
            if not is_held.wait(60):
                raise Finding("the warehouse could not be held")
            landed = land(
                self.world.source,
                self.schedule.entities,
                settings=self.host.settings,
                home=self.home,
                mode="incremental",
            )
            if {one.status for one in landed} != {"failed"}:
                raise Finding("a pull did not say that the warehouse is held")
        finally:
            is_free.set()
            process.join(10)

    def _close(self) -> None:
        """No more faults: what the next pulls leave must be the truth."""
        self.host.up()
        self.world.pass_time(MINUTE)
        # The counts of the reconciliation find what no later pull would: pages that never came.
        self._pull_in_peace("incremental")
        self._pull_in_peace("sweep")
        found = truth.differences(self.home, self.world, self.schedule.entities)
        if found:
            raise Finding("\n".join(found))
        now = datetime.fromtimestamp(self.world.now // 1000, UTC)
        for entity, at in cursors(self.world.source, home=self.home).items():
            if at < now:
                raise Finding(f"{entity}: read up to {at}, and it is {now}")
        if list(self.home.landing.glob("*/*/*.tmp")):
            raise Finding("something half landed is left")

    def _pull_in_peace(self, mode: Mode) -> None:
        source, settings = self.world.source, self.host.settings
        landed = land(source, self.schedule.entities, settings=settings, home=self.home, mode=mode)
        self._must(landed)
        loaded = load(source, self.schedule.entities, home=self.home)
        self._must(loaded)
        landed, loaded = settle(source, loaded, settings=settings, home=self.home)
        self.told += [f"{one.entity}: read again to close a gap" for one in landed]
        self._must(landed)
        self._must(loaded)

    def _must(self, outcomes: Iterable[Landed | Loaded]) -> None:
        for one in outcomes:
            if one.status not in ("landed", "loaded"):
                raise Finding(f"without any fault: {one.entity} {one.status}: {one.reason}")


@dataclass(frozen=True)
class Outcome:
    """None as `finding`: all is as it should be. `told` is what the engine said on the way."""

    finding: str | None
    told: tuple[str, ...]
    seconds: float


def play(schedule: Schedule, folder: Path) -> Outcome:
    """Play a schedule in an empty folder, which is emptied again."""
    start = time.monotonic()
    folder.mkdir(parents=True)
    world = WORLDS[schedule.source](folder / "vendor.sqlite", schedule.seed)
    finding: str | None = None
    told: list[str] = []
    began = time.time()
    try:
        with (
            hosted(world, is_oauth=schedule.is_oauth) as host,
            hurried(world.source, schedule.entities, world.store.path, began),
        ):
            player = Player(schedule, world, host, Home(folder / "home"), began, told)
            player.play()
    except Finding as error:
        finding = str(error)
    except Exception:  # noqa: BLE001 - whatever nobody has foreseen is a finding
        finding = traceback.format_exc()
    finally:
        world.close()
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(finding, tuple(told), time.monotonic() - start)
