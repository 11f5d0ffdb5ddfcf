"""The entry point of Dagster: everything is found in `defs/`; nothing else is ever added here.

What is defined beside the function below would be left out without a word.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
