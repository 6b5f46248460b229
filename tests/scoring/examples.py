"""Small frameworks, one of each method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from worthbook.definitions.framework import Axis, Band, Cell, FrameworkDefinition, Group
from worthbook.kernel.language import Text


def said(words: str) -> Text:
    return Text(en=words, zh=words)


def band(key: str, points: float | None = None) -> Band:
    return Band(key=key, title=said(key), points=points)


def axis(
    column: str,
    cuts: Sequence[str],
    bands: Sequence[Band] = (),
    weight: float | None = None,
    group: str | None = None,
) -> Axis:
    return Axis(title=said(column), column=column, cuts=tuple(cuts), bands=tuple(bands), weight=weight, group=group)


def group(title: str, weight: float | None = None) -> Group:
    return Group(title=said(title), weight=weight)


def cell(
    key: str, *, bands: Mapping[str, str | tuple[str, ...]] | None = None, when: str | None = None, title: str = ""
) -> Cell:
    words = said(title or key)
    return Cell(key=key, title=words, meaning=words, strategy=words, bands=bands, when=when)


def framework(
    method: str,
    axes: Mapping[str, Axis],
    cells: Sequence[Cell],
    score_cuts: Sequence[str] = (),
    groups: Mapping[str, Group] | None = None,
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
            "groups": groups or {},
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

TREE = framework(
    "scorecard",
    {
        "funds": axis("balance", ["100", "500"], [band("low", 0), band("mid", 60), band("high", 100)], 3, "brings"),
        "trades": axis("orders", ["2"], [band("few", 20), band("many", 90)], 1, "brings"),
        "stays": axis("tenure", ["365"], [band("new", 10), band("old", 100)], 1, "loyalty"),
        "content": axis("satisfaction", ["70"], [band("no", 0), band("yes", 100)], 2, "loyalty"),
    },
    [cell("low"), cell("medium"), cell("high")],
    score_cuts=["40", "70"],
    groups={"brings": group("contribution", 60), "loyalty": group("loyalty", 40)},
)
"""Two groups of two axes; worked by hand: 0.6 x (3 x 60 + 20) / 4 + 0.4 x (10 + 2 x 100) / 3 = 30 + 28 = 58."""

LADDER = framework(
    "ladder",
    {},
    [
        cell("prospect"),
        cell("customer", when="orders >= 1"),
        cell("repeat", when="orders >= 2 and revenue > 0"),
        cell("advocate", when="referrals >= 1"),
    ],
)

WHOLE = {"balance": 200.0, "orders": 1.0, "tenure": 10.0, "satisfaction": 80.0}
"""The customer of the tree who was worked by hand."""
