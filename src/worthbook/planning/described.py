"""Customers with what describes them: columns of numbers and words beside those that models of purchases read.

Engines group and spread numbers. A column of words is therefore coded for them, each word by its place in the order of
all words, and the models are given the words again. Where a model can learn from what is unknown, this has a code too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from worthbook.data import columns
from worthbook.data.engine import Sheet
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit
from worthbook.models.base import FloatArray
from worthbook.models.design import Covariates
from worthbook.models.lifetime.covariate_model import DescribedCustomers
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.planning.run import Workbench

MOST_WORDS = 60
"""Different words that one covariate may have."""

_CODE = "{name}_code"

UNKNOWN = -98765432109876.0
"""Stands for an unknown number: one that money can hold, and that nobody has."""

TOO_MANY_WORDS = Fault(
    "covariate-too-many-words",
    what=Text(
        en="The covariate '{name}' has {count} different values, more than {most}.",
        zh="协变量“{name}”有 {count} 个不同取值，超过 {most} 个。",
    ),
    hint=Text(
        en="Choose a coarser column, such as region instead of city.", zh="请改用更粗的分类，例如用地区代替城市。"
    ),
)


@dataclass(frozen=True)
class Coded:
    """Columns as engines group them, and how words are read back."""

    sheets: tuple[Sheet, ...]
    names: Mapping[str, str]
    """Column → the column of numbers that stands for it."""
    words: Mapping[str, tuple[str, ...]]
    """Column of words → its words, in the order of their codes."""

    @property
    def by(self) -> list[str]:
        """What tells customers apart."""
        return list(self.names.values())


@contextmanager
def coded(bench: Workbench, names: Sequence[str], *, unknown_too: Sequence[str] = ()) -> Iterator[Coded]:
    """The columns with words as numbers; what was made for it goes away afterwards.

    Args:
        bench: with the columns made.
        names: of the columns.
        unknown_too: those in which unknown gets a code, so that nobody is left out for them.

    Raises:
        WorthbookError: `covariate-too-many-words`.
    """
    units = {name: bench.catalogue.meta(name).unit for name in names}
    words = {name: _words(bench, name) for name in names if units[name] in {Unit.TEXT, Unit.LABEL}}
    formulas = {name: (_formula(name, found), Unit.COUNT) for name, found in words.items()}
    for name in unknown_too:
        if name in words:
            formulas[name] = (f"coalesce({formulas[name][0]}, {len(words[name])})", Unit.COUNT)
            words[name] = (*words[name], "")
        else:
            formulas[name] = _known_or_code(name, units[name])
    sheets = bench.sheets_of(name for name in names if name not in formulas)
    if not formulas:
        yield Coded(sheets, {name: name for name in names}, {})
        return
    named = {_CODE.format(name=name): formula for name, formula in formulas.items()}
    with bench.store.new_sheet() as folder:
        given = bench.sheets_of(formulas)
        made = columns.derive(bench.engine, given, named, bench.plan.as_of, bench.snapshot.settings, folder)
        stands = {name: _CODE.format(name=name) if name in formulas else name for name in names}
        yield Coded((*sheets, made), stands, words)


def _words(bench: Workbench, name: str) -> tuple[str, ...]:
    found = [row[0] for row in columns.by_label(bench.engine, bench.sheets_of([name]), name, [])]
    known = tuple(sorted(str(each) for each in found if each is not None))
    if len(known) > MOST_WORDS:
        raise TOO_MANY_WORDS(name=name, count=len(known), most=MOST_WORDS)
    return known


def _formula(name: str, words: Sequence[str]) -> str:
    """Each word's place; unknown stays unknown."""
    cases = " ".join(f"when {name} = {_quoted(word)} then {place}" for place, word in enumerate(words))
    return f"case {cases} end" if words else "null"


def _known_or_code(name: str, unit: Unit) -> tuple[str, Unit]:
    if unit is Unit.FLAG:
        return f"case when {name} then 1 when not {name} then 0 else {UNKNOWN:.0f} end", Unit.COUNT
    return f"coalesce({name}, {UNKNOWN:.0f})", unit


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


@dataclass(frozen=True)
class Describing:
    """Makes the data of models with covariates; a value that can travel."""

    covariates: tuple[str, ...]

    def __call__(self, inputs: Mapping[str, np.ndarray], customers: FloatArray) -> DescribedCustomers:
        """From roles and covariates to customers, equal ones in one row."""
        history = PurchaseHistory(inputs["x"], inputs["t_x"], inputs["T"], customers)
        return DescribedCustomers(history, Covariates({name: inputs[name] for name in self.covariates}))


def decoded(
    groups: Mapping[str, FloatArray], names: Mapping[str, str], words: Mapping[str, Sequence[str]]
) -> dict[str, np.ndarray]:
    """Groups of customers by the names of their columns, with words, and not-a-number, in the place of codes.

    >>> decoded({"code": np.array([1.0, 0.0])}, {"kind": "code"}, {"kind": ("firm", "person")})["kind"].tolist()
    ['person', 'firm']
    """
    return {
        name: np.asarray(words[name])[groups[stands].astype(np.intp)]
        if name in words
        else np.where(groups[stands] == UNKNOWN, np.nan, groups[stands])
        for name, stands in names.items()
    }
