"""What differs between two moments of a book: what was made differently, how totals moved, and who changed group."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from worthbook.data import columns
from worthbook.data.lists import write_list
from worthbook.data.moves import MOVED, Standing, write_movers
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.errors import did_you_mean
from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Study, Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.planning.asked import FRAMEWORK_UNKNOWN, OVERVIEW
from worthbook.planning.lay import value_column
from worthbook.planning.migration import Migration, Side, migrate
from worthbook.planning.study import StudyContext, make_study
from worthbook.services.by_group import divided_by, group_titles
from worthbook.services.moment import Moment, customers, moment
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.study_json import rows_json, study_json

DATES = Text(en="{framework}: {before} → {after}", zh="{framework}：{before} → {after}")
RULES = Text(en="{first} → {last}, as at {after}", zh="{first} → {last}（{after}）")
BOTH = Text(en="{first} on {before} → {last} on {after}", zh="{first}（{before}）→ {last}（{after}）")
SAME = Text(en="Nothing differs: every column was made from the same things.", zh="没有差异：所有列的来源完全相同。")
DIFFERENT = Text(en="{count} columns were made from something else: {names}", zh="{count} 列的来源不同：{names}")
WIDE = Text(
    en="The matrix is too wide for a terminal: write it as a page with --to moves.html, or take --json.",
    zh="迁移矩阵较宽，终端放不下：可用 --to moves.html 写成网页，或用 --json 输出。",
)
MOST_COLUMNS = 8
"""A wider matrix is for a page."""
TOTALS = Text(en="Totals", zh="合计值")


_SHOWN = 8


@dataclass(frozen=True)
class Question:
    """What is compared with what."""

    before: str
    """A date, a kept evaluation, or the beginning of its name."""
    after: str
    framework: str | None = None
    """By default the one that leads the report."""
    to_framework: str | None = None
    """The framework at the later moment, where it is another."""
    by: str | None = None
    """A column that divides customers further."""


@dataclass(frozen=True)
class Comparison:
    """Two moments, compared."""

    before: Moment
    after: Moment
    customers: tuple[int, int]
    different: tuple[str, ...]
    """Columns in both whose provenance differs, where both are kept evaluations."""
    totals: Table | None
    """Sums of money columns in both kept evaluations."""
    study: Study
    migration: Migration
    currency: str

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What to know beside the study."""
        return tuple(map(Finding, self._made_of()))

    @property
    def is_wide(self) -> bool:
        """Whether the matrix is too wide for a terminal."""
        return len(self.migration.columns) > MOST_COLUMNS

    def _made_of(self) -> Iterator[Text]:
        """Between two evaluations of one date, what was made differently; at two dates that is everything."""
        if self.before.run is None or self.after.run is None or self.before.as_of != self.after.as_of:
            return
        if not self.different:
            yield SAME
            return
        names = ", ".join(self.different[:_SHOWN]) + (" …" if len(self.different) > _SHOWN else "")
        yield DIFFERENT.format(count=len(self.different), names=names)

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "before": self.before.label,
            "after": self.after.label,
            "as_of": [self.before.as_of.isoformat(), self.after.as_of.isoformat()],
            "customers": list(self.customers),
            "different": list(self.different),
            "totals": [] if self.totals is None else rows_json(self.totals),
            "moves": [vars(flow) for flow in self.migration.flows.values()],
            "groups_of_moves": {
                name: [vars(flow) for flow in flows.values()]
                for name, flows in self.migration.groups.items()
                if name or len(self.migration.groups) > 1
            },
            "study": study_json(self.study),
        }


def compare_runs(folder: Path, question: Question) -> Comparison:
    """Compare two moments of a book: dates, which are evaluated as far as needed, or kept evaluations.

    Raises:
        WorthbookError: `book-missing`, `run-unknown`, `framework-unknown`, `name-unknown`, `as-of-before-history`.
    """
    with open_book(folder) as opened:
        return compare(opened, question)


def compare(opened: OpenBook, question: Question) -> Comparison:
    """The same for an open book."""
    opened = divided_by(opened, question.by)
    before, after = _sides(opened, question)
    found = migrate(opened.engine, before[1], after[1], question.by)
    if question.by is not None:
        found = replace(found, group_titles=group_titles(opened, question.by, found.groups))
    return Comparison(
        before=before[0],
        after=after[0],
        customers=(customers(opened, before[0]), customers(opened, after[0])),
        different=_different(before[0], after[0]),
        totals=_totals(before[0], after[0]),
        study=moves_study(opened, found, before[0], after[0], _heading(found)),
        migration=found,
        currency=opened.book.currency,
    )


def list_movers(  # noqa: PLR0913 - of what, who, where to, and how
    folder: Path, question: Question, was: str, then: str, to: Path, *, bom: bool = True, show_personal: bool = False
) -> int:
    """Write the customers of one cell before and one cell after as CSV or Parquet; how many there are.

    Raises:
        WorthbookError: as `compare_runs`, and `cell-unknown`.
    """
    with open_book(folder) as opened, tempfile.TemporaryDirectory(prefix="worthbook-") as place:
        (_, before), (_, after) = _sides(opened, question)
        before.cell(was), after.cell(then)
        sheet = write_movers(opened.engine, before.standing, after.standing, was, then, Path(place))
        salt = None if show_personal else opened.book.salt
        return write_list(opened.engine, [sheet], MOVED, to, bom=bom, salt=salt)


def _sides(opened: OpenBook, question: Question) -> tuple[tuple[Moment, Side], tuple[Moment, Side]]:
    name = question.framework or _headline(opened, question)
    first = framework_of(opened, name)
    last = framework_of(opened, question.to_framework or name)
    by = [] if question.by is None else [question.by]
    return _side(opened, question.before, first, []), _side(opened, question.after, last, by)


def _side(opened: OpenBook, text: str, framework: FrameworkDefinition, more: list[str]) -> tuple[Moment, Side]:
    value = value_column(framework)
    at = moment(opened, text, list(dict.fromkeys([framework.name, value, *more])))
    standing = Standing(at.sheets_of([framework.name, value, *more]), framework.name, value)
    return at, Side(framework, at.as_of, standing, opened.catalogue.meta(value))


def framework_of(opened: OpenBook, name: str) -> FrameworkDefinition:
    """A framework of the catalogue.

    Raises:
        WorthbookError: framework-unknown.
    """
    frameworks = opened.catalogue.frameworks
    if name not in frameworks:
        raise FRAMEWORK_UNKNOWN(name=name, near=did_you_mean(name, frameworks))
    return frameworks[name]


def _headline(opened: OpenBook, question: Question) -> str:
    """The first of the report's leading frameworks that places most customers at the later moment."""
    choices = opened.catalogue.reports[OVERVIEW].headline
    for name in choices:
        at = moment(opened, question.after, [name])
        counted = columns.by_label(opened.engine, at.sheets_of([name]), name, [])
        placed = sum(int(str(count)) for label, count in counted if label is not None)
        if 2 * placed > sum(int(str(count)) for _, count in counted):
            return name
    return choices[0]


def moves_study(opened: OpenBook, found: Migration, before: Moment, after: Moment, title: Text) -> Study:
    """The study of who moved."""
    definition = opened.catalogue.studies["migration"]
    words = {"title": title, **({} if found.is_alike else {"caveats": ()})}
    context = StudyContext(
        engine=opened.engine,
        snapshot=opened.snapshot,
        tables=opened.catalogue.tables,
        sheets=(*before.columns.values(), *after.columns.values()),
        known={},
        as_of=after.as_of,
        customers=0,
        currency=opened.book.currency,
        fits={},
        provenance={**before.provenance, **after.provenance},
        migration=found,
    )
    return make_study(definition.model_copy(update=words), context)


def _heading(found: Migration) -> Text:
    """What is compared: one framework at two dates, two at one, or both."""
    first, last = found.before, found.after
    words = {"before": first.as_of.isoformat(), "after": last.as_of.isoformat()}
    if found.is_alike:
        return DATES.format(framework=last.framework.title, **words)
    form = RULES if first.as_of == last.as_of else BOTH
    return form.format(first=first.framework.title, last=last.framework.title, **words)


def _different(before: Moment, after: Moment) -> tuple[str, ...]:
    if before.run is None or after.run is None:
        return ()
    first, last = before.run.provenance, after.run.provenance
    return tuple(name for name in sorted(set(first) & set(last)) if first[name].id != last[name].id)


def _totals(before: Moment, after: Moment) -> Table | None:
    if before.run is None or after.run is None:
        return None
    rows = tuple(_total_rows(before.run.evaluation, after.run.evaluation))
    columns = (
        TableColumn("column", Text(en="All customers", zh="全部客户"), Unit.TEXT),
        TableColumn("before", Text(en="Before", zh="此前"), Unit.MONEY),
        TableColumn("after", Text(en="After", zh="此后"), Unit.MONEY),
        TableColumn("change", Text(en="Change", zh="变动"), Unit.RATE),
    )
    return Table("totals", TOTALS, columns, rows) if rows else None


def _total_rows(before: Evaluation, after: Evaluation) -> Iterator[tuple[Value | Text, ...]]:
    for meta in after.columns:
        first, last = (each.facts.get(f"{meta.name}__sum") for each in (before, after))
        if meta.unit is Unit.MONEY and first is not None and last is not None:
            change = float(last) / float(first) - 1 if first else None  # type: ignore[arg-type]  # sums of money
            yield meta.title, first, last, change
