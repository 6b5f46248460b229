from __future__ import annotations

from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.reader import read_text

TEXT = """\
measure: {name}
title: {{en: "Revenue, {{window}}", zh: "{{window}}收入"}}
description: {{en: What was brought., zh: 收入。}}
unit: money
{more}
source: Accounting identity
"""


def read(name: str, more: str) -> list[MeasureDefinition]:
    definitions = read_text(TEXT.format(name=name, more=more), "mine.yaml").definitions
    return [each for each in definitions if isinstance(each, MeasureDefinition)]


def told(name: str, more: str) -> list[str]:
    return [
        each.say("en").splitlines()[0] for each in read_text(TEXT.format(name=name, more=more), "mine.yaml").problems
    ]


TABLE = "table: transactions\nformula: sum(amount)\n"


def test_one_document_declares_a_measure_for_each_window() -> None:
    found = read("revenue_{window}", TABLE + "windows: [3 months, previous 12 months, lifetime]")

    assert [(each.name, each.window) for each in found] == [
        ("revenue_3m", "3 months"),
        ("revenue_lifetime", None),
        ("revenue_previous_12m", "previous 12 months"),
    ]


def test_windows_are_said_in_the_language_of_the_text() -> None:
    found = read("revenue_{window}", TABLE + "windows: [12 months, lifetime]")

    assert [(each.title.en, each.title.zh) for each in found] == [
        ("Revenue, last 12 months", "近12个月收入"),
        ("Revenue, lifetime", "累计收入"),
    ]


def test_arithmetic_takes_the_ending_into_its_formula_and_has_no_window_of_its_own() -> None:
    (found,) = read("rate_{window}", 'formula: "ratio(a_{window}, b_{window})"\nwindows: [12 months]')

    assert (found.name, found.formula, found.window) == ("rate_12m", "ratio(a_12m, b_12m)", None)


def test_a_book_may_replace_a_measure_in_all_its_windows() -> None:
    found = read("revenue_{window}", TABLE + 'windows: [3 months, 1 year]\nreplaces: "revenue_{window}"')

    assert [each.replaces for each in found] == ["revenue_1y", "revenue_3m"]


def test_lifetime_may_be_said_of_a_single_measure() -> None:
    (found,) = read("revenue", TABLE + "window: lifetime")

    assert found.window is None


def test_a_placeholder_without_windows_is_told() -> None:
    assert told("revenue_{window}", TABLE) == [
        "mine.yaml:1: [windows-missing] The name says {window}, but there are no windows."
    ]


def test_windows_without_a_placeholder_are_told() -> None:
    assert told("revenue", TABLE + "windows: [3 months, 12 months]") == [
        "mine.yaml:7: [windows-unnamed] Several windows would all be called 'revenue'."
    ]


def test_bad_windows_are_told_each() -> None:
    assert told("revenue_{window}", TABLE + "windows:\n  - 3 moons\n  - 12 months\n  - forever") == [
        "mine.yaml:8: [window-unreadable] '3 moons' is not a window.",
        "mine.yaml:10: [window-unreadable] 'forever' is not a window.",
    ]


def test_windows_are_a_list() -> None:
    assert told("revenue_{window}", TABLE + "windows: 12 months") == [
        "mine.yaml:7: [windows-not-a-list] 'windows' must be a list."
    ]


def test_window_and_windows_exclude_each_other() -> None:
    assert told("revenue_{window}", TABLE + "windows: [12 months]\nwindow: 3 months") == [
        "mine.yaml:7: [window-and-windows] 'window' and 'windows' stand side by side."
    ]


def test_a_mistake_that_all_windows_share_is_told_once() -> None:
    assert told("revenue_{window}", TABLE + "windows: [3 months, 12 months]\nempty: none") == [
        "mine.yaml:8: [definition-choice-unknown] 'none' cannot stand for 'empty'."
    ]
