"""Run the comparisons: `python -m benchmarks`, or with `--large` the one of ten times the size."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import (
    change,
    choosing,
    evaluating,
    grouping,
    importing,
    laying,
    measuring,
    peer,
    perception,
    starting,
    weighing,
)
from benchmarks.figures import KEPT, Figure, keep
from benchmarks.seasons import seasons
from benchmarks.shop import make_book

SMALL, LARGE = 1_000_000, 10_000_000
"""Customers; each has about ten order lines."""
PEER_CUSTOMERS = 100_000


def main() -> None:
    """Print every figure as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--large", action="store_true", help="100 million order lines; takes 10 GB of disk")
    parser.add_argument("--folder", type=Path, help="where books are made and kept for the next time")
    parser.add_argument("--keep", action="store_true", help=f"write the figures to {KEPT.name}, for the documentation")
    arguments = parser.parse_args()
    with _folder(arguments.folder) as folder:
        figures = []
        for figure in _large(folder) if arguments.large else _usual(folder):
            print(figure, flush=True)
            figures.append(figure)
            if arguments.keep:
                keep(figure)
    print(f"{sum(figure.holds for figure in figures)} of {len(figures)} figures within their bars")


def _usual(folder: Path) -> Iterator[Figure]:
    yield starting.help_page(7)
    cdnow = starting.cdnow(3)
    if cdnow is None:
        print(f"skipped: {starting.CDNOW.name} is not beside the repository")
    else:
        yield cdnow
    in_time = seasons(3)
    if in_time is not None:
        yield in_time
    yield peer.fit(5)
    yield choosing.pareto(3)
    trial = choosing.trial()
    if trial is not None:
        yield choosing.choosing(trial, 5)
    yield from perception.figures(3)
    yield from weighing.figures(3)
    yield from grouping.laid(folder, 3)
    yield from laying.figures(folder, 3)
    yield peer.model_inputs(make_book(folder, PEER_CUSTOMERS), folder, 5)
    yield from importing.imported(folder, SMALL, 3)
    book = make_book(folder, SMALL)
    figure, hand_seconds = measuring.against_hand(book, folder, 5)
    yield figure
    yield from change.figures(book, 5)
    ran = evaluating.evaluated(book, 3)
    yield evaluating.time_beside(ran, hand_seconds)
    yield evaluating.memory(ran, "10 million lines")
    yield from evaluating.explained(book, 100)


def _large(folder: Path) -> Iterator[Figure]:
    small = evaluating.evaluated(make_book(folder, SMALL), 2)
    large = evaluating.evaluated(make_book(folder, LARGE), 1)
    yield evaluating.times_ten(small, large)
    yield evaluating.memory(large, "100 million lines")


@contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    """The folder that was chosen, or one that goes away."""
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen
        return
    made = Path(tempfile.mkdtemp(prefix="worthbook-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    main()
