"""Small frameworks, one of each method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from worthbook.definitions.framework import Axis, Band, Cell, FrameworkDefinition
from worthbook.kernel.language import Text


def said(words: str) -> Text:
    return Text(en=words, zh=words)


def band(key: str, points: float | None = None) -> Band:
    return Band(key=key, title=said(key), points=points)


def axis(column: str, cuts: Sequence[str], bands: Sequence[Band] = (), weight: float | None = None) -> Axis:
    return Axis(title=said(column), column=column, cuts=tuple(cuts), bands=tuple(bands), weight=weight)


def cell(
    key: str, *, bands: Mapping[str, str | tuple[str, ...]] | None = None, when: str | None = None, title: str = ""
) -> Cell:
    words = said(title or key)
    return Cell(key=key, title=words, meaning=words, strategy=words, bands=bands, when=when)


def framework(
    method: str, axes: Mapping[str, Axis], cells: Sequence[Cell], score_cuts: Sequence[str] = ()
) -> FrameworkDefinition:
    return FrameworkDefinition.model_validate(
        {
            "name": "sample",
            "title": said("sample"),
            "description": said("sample"),
            "source": "test",
            "method": method,
            "axes": axes,
            "cells": tuple(cells),
            "score_cuts": tuple(score_cuts),
        }
    )


TIERS = framework("tiers", {"value": axis("revenue", ["100", "500"])}, [cell("small"), cell("ordinary"), cell("vip")])

GRID = framework(
    "grid",
    {
        "value": axis("revenue", ["100"], [band("low"), band("high")]),
        "stay": axis("orders", ["2", "5"], [band("once"), band("again"), band("often")]),
    },
    [
        cell("prune", bands={"value": "low", "stay": "once"}),
        cell("grow", bands={"value": "low", "stay": ("again", "often")}),
        cell("keep", bands={"value": "high"}),
    ],
)

SCORECARD = framework(
    "scorecard",
    {
        "value": axis("revenue", ["100", "500"], [band("low", 1), band("mid", 3), band("high", 5)], weight=2),
        "stay": axis("orders", ["2"], [band("once", 1), band("again", 5)], weight=1),
    },
    [cell("c"), cell("b"), cell("a")],
    score_cuts=["2", "4"],
)

RULES = framework(
    "rules",
    {
        "value": axis("revenue", ["100"], [band("low"), band("high")]),
        "growth": axis("growth_rate", ["0"], [band("down"), band("up")]),
    },
    [
        cell("star", when="value = 'high' and (growth is null or growth = 'up')"),
        cell("value", when="value = 'high'"),
        cell("seed", when="growth is not null and growth = 'up' and orders > 1"),
        cell("rest"),
    ],
)
