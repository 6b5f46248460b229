"""A figure beside the one that it is measured against, and the bar that was promised."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KEPT = Path(__file__).resolve().parents[1] / "docs" / "models" / "speed.json"
"""What the page about speed is written from."""


@dataclass(frozen=True)
class Figure:
    """Ours beside another's, or ours beside a bar."""

    name: str
    ours: float
    unit: str
    bar: float
    """The most that is allowed: of `ours` over `theirs` where there is another, else of `ours`."""
    theirs: float | None = None
    other: str = ""
    """Who `theirs` is."""
    spread: str = ""
    """How far the rounds lay apart."""

    @property
    def measure(self) -> float:
        """What is held against the bar."""
        return self.ours if self.theirs is None else self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether it is within the bar."""
        return self.measure <= self.bar

    def __str__(self) -> str:
        """One line."""
        verdict = "within" if self.holds else "ABOVE"
        ours = f"{self.ours:.4g} {self.unit}"
        if self.theirs is None:
            return f"{verdict:6}  {self.name}: {ours}, bar {self.bar:g} {self.unit}{self.spread}"
        ratio = f"{self.measure:.2f} ×" if self.bar >= 1 else f"{1 / self.measure:.1f} × faster"
        bar = f"{self.bar:g} ×" if self.bar >= 1 else f"{1 / self.bar:g} × faster"
        theirs = f"{self.other} {self.theirs:.4g} {self.unit}"
        return f"{verdict:6}  {self.name}: {ours}, {theirs}: {ratio}, bar {bar}{self.spread}"


def rounds(
    times: int, *works: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> tuple[list[float], ...]:
    """Seconds that each work takes, all of them in turn in every round, so that a busy moment meets them alike."""
    found: tuple[list[float], ...] = tuple([] for _ in works)
    for _ in range(times):
        for seconds, work in zip(found, works, strict=True):
            start = clock()
            work()
            seconds.append(clock() - start)
    return found


def median(seconds: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(seconds)


def apart(seconds: Sequence[float]) -> str:
    """The fastest and the slowest round."""
    return f" ({len(seconds)} rounds, {min(seconds):.3g} to {max(seconds):.3g})"


def keep(figure: Figure) -> None:
    """Put a figure into the kept file, in the place of an earlier one of the same name."""
    kept = _kept()
    named = {each["name"]: each for each in (*kept["figures"], asdict(figure))}
    _write(kept | {"machine": _machine(), "figures": list(named.values())})


def keep_quantiles(rows: Sequence[Mapping[str, float | str]]) -> None:
    """Put quantiles of a posterior, ours and those of NUTS, into the kept file."""
    _write(_kept() | {"quantiles": list(rows)})


def _kept() -> dict[str, Any]:
    found: dict[str, Any] = {"figures": []}
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else found


def _write(found: Mapping[str, Any]) -> None:
    KEPT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _machine() -> str:
    """How many cores of what."""
    told = Path("/proc/cpuinfo")
    names = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    model = next((line.split(":")[1].strip() for line in names if line.startswith("model name")), "one machine")
    return f"{os.cpu_count()} cores ({model})"
