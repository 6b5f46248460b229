"""One document for a measure in several windows: `measure: revenue_{window}` with `windows: [12 months, lifetime]`.

`{window}` in the name, the formula and `replaces` is the ending (`12m`, `lifetime`); in words it is what people say.
"""

from __future__ import annotations

from dataclasses import dataclass

from worthbook.definitions.documents import Document, Tree
from worthbook.kernel.errors import Fault, Problem, WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window

PLACEHOLDER = "{window}"
LIFETIME = "lifetime"

WINDOWS_MISSING = Fault(
    "windows-missing",
    what=Text(en="The name says {{window}}, but there are no windows.", zh="名称中含 {{window}}，但没有列出时间窗口。"),
    hint=Text(en="Add `windows: [12 months, lifetime]`.", zh="请补充 `windows: [12 months, lifetime]`。"),
)
WINDOWS_UNNAMED = Fault(
    "windows-unnamed",
    what=Text(en="Several windows would all be called '{name}'.", zh="多个时间窗口会共用名称“{name}”。"),
    hint=Text(
        en="Put {{window}} into the name: `measure: {name}_{{window}}`.",
        zh="请在名称中写入 {{window}}：`measure: {name}_{{window}}`。",
    ),
)
WINDOWS_NOT_A_LIST = Fault(
    "windows-not-a-list",
    what=Text(en="'windows' must be a list.", zh="“windows”应为列表。"),
    hint=Text(
        en="Write `windows: [3 months, 12 months, lifetime]`.", zh="请写成 `windows: [3 months, 12 months, lifetime]`。"
    ),
)
WINDOW_AND_WINDOWS = Fault(
    "window-and-windows",
    what=Text(en="'window' and 'windows' stand side by side.", zh="“window”与“windows”不能同时出现。"),
    hint=Text(en="Keep one of the two.", zh="请只保留其中之一。"),
)


@dataclass(frozen=True)
class _Span:
    """A window, or the whole history."""

    suffix: str
    spoken: Text
    window: str | None


_WHOLE_HISTORY = _Span(LIFETIME, Text(en="lifetime", zh="累计"), None)


def expand(document: Document) -> tuple[list[Tree], list[Problem]]:
    """The trees of the measures that a document declares, names included, and what is wrong with its windows."""
    named = PLACEHOLDER in document.name
    if "windows" not in document.tree:
        if named:
            return [], [WINDOWS_MISSING.problem(document.place)]
        # No window is the whole history; that may be said.
        return [{key: value for key, value in document.tree.items() if (key, value) != ("window", LIFETIME)}], []
    listed = document.tree["windows"]
    where = document.place_of(("windows",))
    problems: list[Problem] = []
    if not named:
        problems.append(WINDOWS_UNNAMED.problem(where, name=document.name))
    if "window" in document.tree:
        problems.append(WINDOW_AND_WINDOWS.problem(where))
    if not isinstance(listed, list) or not listed:
        return [], [*problems, WINDOWS_NOT_A_LIST.problem(where)]
    spans: list[_Span] = []
    for index, text in enumerate(listed):
        try:
            spans.append(_span(str(text)))
        except WorthbookError as error:
            place = document.place_of(("windows", index))
            problems += [Problem(problem.slug, problem.what, problem.hint, place) for problem in error.problems]
    return [_for_window(document, span) for span in spans], problems


def _span(text: str) -> _Span:
    if text == LIFETIME:
        return _WHOLE_HISTORY
    window = Window.parse(text)
    return _Span(window.suffix, window.title, str(window))


def _for_window(document: Document, span: _Span) -> Tree:
    tree = {key: _filled(value, span) for key, value in document.tree.items() if key != "windows"}
    tree["name"] = document.name.replace(PLACEHOLDER, span.suffix)
    # Arithmetic over other columns has no window of its own: the columns have.
    if span.window is not None and "table" in tree:
        tree["window"] = span.window
    return tree


def _filled(tree: Tree, span: _Span) -> Tree:
    """A tree with `{window}` filled in; an `en` or `zh` text has it said in that language."""
    if isinstance(tree, str):
        return tree.replace(PLACEHOLDER, span.suffix)
    if isinstance(tree, list):
        return [_filled(each, span) for each in tree]
    if not isinstance(tree, dict):
        return tree
    spoken = {"en": span.spoken.en, "zh": span.spoken.zh}
    return {
        key: value.replace(PLACEHOLDER, spoken[key])
        if key in spoken and isinstance(value, str)
        else _filled(value, span)
        for key, value in tree.items()
    }
