"""The dbt project as Dagster reads it: its manifest, parsed anew only when a file of it changed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

TARGET = "target"
_STAMP = "manifest.inputs"
_FOLDERS = ("macros", "models", "seeds", "snapshots", "tests")
_FILES = ("dbt_project.yml", "profiles.yml")


class DbtParseError(Exception):
    """dbt could not read its project; the message ends with what it said."""


def executable() -> str:
    return str(Path(sys.executable).with_name("dbt"))


def environment(**more: str) -> dict[str, str]:
    """What a dbt process gets: ours, and nothing that calls home."""
    return {
        **os.environ,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def manifest(project: Path) -> Mapping[str, Any]:
    """The project's manifest; runs `dbt parse` when there is none of just these files."""
    stamp = _digest(project)
    file = project / TARGET / "manifest.json"
    noted = project / TARGET / _STAMP
    if not (file.exists() and noted.exists() and noted.read_text() == stamp):
        _parse(project)
        noted.write_text(stamp)
    return _read(file, stamp)


def published_models(manifest: Mapping[str, Any]) -> list[str]:
    """The relations of the folder `publish`, by the name they have in the warehouse."""
    return sorted(
        node["alias"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "publish"
    )


def _digest(project: Path) -> str:
    """Of names and contents: times of change differ between two clones of one state."""
    digest = hashlib.sha256()
    found = [project / name for name in _FILES]
    for folder in _FOLDERS:
        found.extend(path for path in (project / folder).rglob("*") if path.is_file())
    for path in sorted(found):
        digest.update(str(path.relative_to(project)).encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _parse(project: Path) -> None:
    """Parsed beside and put in place whole: another process may be reading or parsing just now."""
    target = project / TARGET
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix="parsing-") as folder:
        done = subprocess.run(
            [executable(), "parse", "--project-dir", ".", "--profiles-dir", "."],
            cwd=project,
            env=environment(DBT_TARGET_PATH=folder, DBT_LOG_PATH=folder),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DbtParseError(f"dbt parse failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        (Path(folder) / "manifest.json").replace(target / "manifest.json")


@lru_cache(maxsize=2)
def _read(file: Path, stamp: str) -> Mapping[str, Any]:
    """`stamp` makes a changed file another call."""
    found = cast("dict[str, Any]", json.loads(file.read_bytes()))
    for name, node in found["nodes"].items():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            # A check belongs to one asset: a test of several relations to the last one made.
            parents = found["parent_map"][name]
            node["attached_node"] = max(parents, key=lambda one: (_depth(found, one), one))
    return found


def _depth(manifest: Mapping[str, Any], name: str) -> int:
    """How many steps after the first sources a node can be made."""
    depths: dict[str, int] = {}

    def depth(one: str) -> int:
        if one not in depths:
            depths[one] = 1 + max(map(depth, manifest["parent_map"].get(one, ())), default=0)
        return depths[one]

    return depth(name)
