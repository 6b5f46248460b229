"""What a user waits for: help, and the evaluation of a file of orders that nobody prepared."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, apart, median
from benchmarks.processes import PROGRAM, seconds_of

HELP_BAR = 0.3
CDNOW_BAR = 4.0
CDNOW = Path(__file__).resolve().parents[2] / "shared" / "data" / "cdnow" / "cdnow_master.csv.gz"


def help_page(times: int) -> Figure:
    """`worthbook --help` in a fresh process."""
    seconds = [seconds_of([*PROGRAM, "--help"]) for _ in range(times)]
    return Figure("worthbook --help", median(seconds), "s", HELP_BAR, spread=apart(seconds))


def cdnow(times: int) -> Figure | None:
    """`worthbook evaluate` of CDNOW's 69 659 rows, process and book fresh; None where the file is absent."""
    if not CDNOW.exists():
        return None
    seconds = [_evaluated() for _ in range(times)]
    return Figure("worthbook evaluate of CDNOW's master file", median(seconds), "s", CDNOW_BAR, spread=apart(seconds))


def _evaluated() -> float:
    with tempfile.TemporaryDirectory() as folder:
        return seconds_of([*PROGRAM, "evaluate", str(CDNOW), "--book", f"{folder}/cdnow.book"])
