"""A company that does not exist: made from a seed, seen through two CRMs, moved by one clock."""

from __future__ import annotations

from sandbox.company.clock import advance, generate
from sandbox.company.dates import DEFAULT_NOW
from sandbox.company.golden import truth, write_truth
from sandbox.company.tally import TruthRow

__all__ = ["DEFAULT_NOW", "TruthRow", "advance", "generate", "truth", "write_truth"]
