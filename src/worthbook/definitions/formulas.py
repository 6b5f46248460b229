"""The checking of formulas: readable, of the right kind, and over columns that are there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from worthbook.definitions.columns import Parse, ReadFormula
from worthbook.kernel.errors import Fault, Place, Problem, WorthbookError, did_you_mean
from worthbook.kernel.language import Text

COLUMN_UNKNOWN = Fault(
    "column-unknown",
    what=Text(en="{whole} has no column '{name}'.", zh="{whole}中没有名为“{name}”的列。"),
    hint=Text(en="{near}", zh="{near}"),
)
NOT_AGGREGATE = Fault(
    "formula-not-aggregate",
    what=Text(en="A formula over rows must make one value of many.", zh="按行计算的公式须汇总为一个值。"),
    hint=Text(
        en="Put the column into sum(…), count(…), max(…) or the like.",
        zh="请使用 sum(…)、count(…)、max(…) 等汇总函数。",
    ),
)
AGGREGATE = Fault(
    "formula-aggregate",
    what=Text(en="An aggregate such as sum(…) cannot stand here.", zh="此处不能使用 sum(…) 等汇总函数。"),
    hint=Text(
        en="There is one value per row or customer here. A measure over rows names its `table:`.",
        zh="此处每行或每位客户只有一个值。按行汇总的指标须写明 `table:`。",
    ),
)


class FormulaReader:
    """Reads each formula once and says what is wrong with it."""

    def __init__(self, parse: Parse, was_refused: Callable[[str], bool]) -> None:
        """Take the parser, and how to know a name that is missing only because its definition could not be read."""
        self._parse, self._was_refused = parse, was_refused
        self._read: dict[str, ReadFormula | None] = {}

    def read(self, text: str) -> ReadFormula | None:
        """A formula, or None where it cannot be read."""
        if text not in self._read:
            try:
                self._read[text] = self._parse(text, None)
            except WorthbookError:
                self._read[text] = None
        return self._read[text]

    def problems(
        self, text: str, where: Place, known: Collection[str], whole: Text, *, aggregate: bool | None
    ) -> Iterator[Problem]:
        """What is wrong with a formula at a place.

        Args:
            text: the formula.
            where: its file and line.
            known: the columns that it may read.
            whole: what has these columns, to begin a sentence with.
            aggregate: whether it must be an aggregate, or must not; None where it may.
        """
        formula = self.read(text)
        if formula is None:
            yield from self._unreadable(text, where)
            return
        if aggregate is not None and formula.is_aggregate != aggregate:
            yield (NOT_AGGREGATE if aggregate else AGGREGATE).problem(where)
        for name in sorted(formula.columns - set(known)):
            if not self._was_refused(name):
                yield COLUMN_UNKNOWN.problem(where, whole=whole, name=name, near=did_you_mean(name, known))

    def _unreadable(self, text: str, where: Place) -> tuple[Problem, ...]:
        try:
            self._parse(text, where)
        except WorthbookError as error:
            return error.problems
        return ()
