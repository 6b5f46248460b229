"""What a changed rule would do: the framework of a file beside the one that counts, before anything counts.

Both are laid over the same customers at the same date. What has to be made for that is made in a folder that goes away;
the book is only read.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from worthbook.data.decode import FILE_MISSING
from worthbook.data.lists import write_list
from worthbook.data.moves import MOVED, Standing, largest_moves, write_movers
from worthbook.definitions.difference import differences
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.reader import Reading, read_text
from worthbook.kernel.errors import Fault, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.result import Study
from worthbook.planning.index import Catalogue, find_problems
from worthbook.planning.lay import thresholds_of, value_column
from worthbook.planning.migration import Migration, Side, migrate
from worthbook.planning.placed import with_placements
from worthbook.planning.preview import balance, limits_differ, movers, rules, told
from worthbook.planning.run import Workbench
from worthbook.services.compare_runs import framework_of, moves_study
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import shown
from worthbook.services.moment import Moment
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.study_json import study_json

NO_FRAMEWORK = Fault(
    "preview-without-framework",
    what=Text(en="{file} holds no framework.", zh="{file} 中没有框架。"),
    hint=Text(
        en="Write one as in the book's definitions; `worthbook describe NAME` shows where the present one lies.",
        zh="请按账簿定义的写法书写一个框架；`worthbook describe 名称` 可查看现行定义的位置。",
    ),
)
SEVERAL = Fault(
    "preview-of-several",
    what=Text(en="{file} holds several frameworks: {names}.", zh="{file} 中有多个框架：{names}。"),
    hint=Text(en="Say which one with --framework.", zh="请用 --framework 指明其中一个。"),
)

_TITLE = Text(en="{framework}, {as_of}: as it is → as it would be", zh="{framework}，{as_of}：现行规则 → 新规则")
_DESCRIPTION = Text(
    en="The framework that counts and the changed one, laid over the same customers at the same date. Nothing is kept.",
    zh="现行框架与变更后的框架在同一日期、同一批客户上的结果对比；不写入账簿。",
)
_SUMMARY = Text(
    en="Of the customers of each cell as it is, the share who would be in each cell.",
    zh="现行各单元的客户在变更后各单元中的占比。",
)
_LARGEST = 10
_KEPT = frozenset({"matrix", "worth", "cells"})
"""Tables of the study of moves that say something about two rules at one date."""


@dataclass(frozen=True)
class Change:
    """Which file, and what in it is compared with what."""

    file: Path
    framework: str | None = None
    """Of the file; by default the only one."""
    against: str | None = None
    """The framework that counts; by default the one of the same name."""
    as_of: str | None = None


@dataclass(frozen=True)
class Preview:
    """Who would move if the rule changed."""

    study: Study
    migration: Migration
    as_of: dt.date
    currency: str

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        flows = [vars(flow) for flow in self.migration.flows.values()]
        return {"as_of": self.as_of.isoformat(), "moves": flows, "study": study_json(self.study)}


def preview_rule(folder: Path | None, change: Change, *, show_personal: bool = True) -> Preview:
    """Lay the changed framework beside the one that counts.

    Raises:
        WorthbookError: whatever is wrong with the file, `preview-without-framework`, `preview-of-several`,
            `framework-unknown`, `as-of-before-history`.
    """
    with _previewed(folder, change) as sides:
        return sides.preview(show_personal=show_personal)


def list_previewed(  # noqa: PLR0913 - of what, who, where to, and how
    folder: Path | None, change: Change, was: str, then: str, to: Path, *, show_personal: bool = False
) -> int:
    """Write the customers of one cell as it is and one cell as it would be; how many there are.

    Raises:
        WorthbookError: as `preview_rule`, and `cell-unknown`.
    """
    with _previewed(folder, change) as sides, tempfile.TemporaryDirectory(prefix="worthbook-") as desk:
        before, after = sides.before, sides.after
        before.cell(was), after.cell(then)
        sheet = write_movers(sides.opened.engine, before.standing, after.standing, was, then, Path(desk))
        salt = None if show_personal else sides.opened.book.salt
        return write_list(sides.opened.engine, [sheet], MOVED, to, salt=salt)


@contextmanager
def _previewed(folder: Path | None, change: Change) -> Iterator[_Sides]:
    with open_book(find_book(folder)) as opened, tempfile.TemporaryDirectory(prefix="worthbook-") as desk:
        as_it_is = replace(opened, desk=Path(desk))
        reading = _read(change.file)
        changed = _framework(reading, change)
        present = framework_of(as_it_is, change.against or changed.name)
        as_it_would_be = replace(as_it_is, catalogue=_catalogue(opened, reading))
        day = opened.day(change.as_of)
        yield _Sides.of(as_it_is, as_it_would_be, present, changed, day)


def _read(file: Path) -> Reading:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError:
        raise FILE_MISSING(file=file) from None
    reading = read_text(text, str(file))
    raise_all(reading.problems)
    return reading


def _framework(reading: Reading, change: Change) -> FrameworkDefinition:
    found = {each.name: each for each in reading.definitions if isinstance(each, FrameworkDefinition)}
    if not found:
        raise NO_FRAMEWORK(file=change.file.name)
    if change.framework is None and len(found) > 1:
        raise SEVERAL(file=change.file.name, names=", ".join(found))
    name = change.framework or next(iter(found))
    if name not in found:
        raise SEVERAL(file=change.file.name, names=", ".join(found))
    return found[name]


def _catalogue(opened: OpenBook, reading: Reading) -> Catalogue:
    """The book's definitions with those of the file in their place, whether they say `replaces` or not."""
    given = {(each.noun, each.name) for each in reading.definitions}
    others = [each for each in opened.catalogue.definitions if (each.noun, each.name) not in given]
    together = Reading((*others, *reading.definitions))
    raise_all(find_problems(together))
    placed = {each.name for each in opened.catalogue.frameworks.values() if each.by_hand == f"{each.name}__by_hand"}
    own = {*opened.catalogue.own, *(each.name for each in reading.definitions)}
    return with_placements(Catalogue.of(together.definitions, own), placed)


@dataclass(frozen=True)
class _Sides:
    """Both frameworks, laid over the same customers."""

    opened: OpenBook
    benches: tuple[Workbench, Workbench]
    before: Side
    after: Side

    @classmethod
    def of(
        cls, opened: OpenBook, changed: OpenBook, first: FrameworkDefinition, last: FrameworkDefinition, day: dt.date
    ) -> _Sides:
        """Customers are weighed by the value of the framework that counts, so that both sides are worth the same."""
        value = value_column(first)
        last = changed.catalogue.frameworks[last.name]
        benches = (
            opened.make([first.name, first.computed, value], as_of=day),
            changed.make([last.name, last.computed, value], as_of=day),
        )
        sides = [
            Side(
                each, day, Standing(bench.sheets_of([each.name, value]), each.name, value), opened.catalogue.meta(value)
            )
            for bench, each in zip(benches, (first, last), strict=True)
        ]
        return cls(opened, benches, sides[0], sides[1])

    def preview(self, *, show_personal: bool) -> Preview:
        """The matrix of moves, led by what differs, what each cell gains and loses, and whom it concerns most."""
        engine, currency = self.opened.engine, self.opened.book.currency
        found = migrate(engine, self.before, self.after)
        before, after = self.before.framework, self.after.framework
        limits = [thresholds_of(bench, each) for bench, each in zip(self.benches, (before, after), strict=True)]
        rows = largest_moves(engine, self.before.standing, self.after.standing, _LARGEST)
        if not show_personal:
            seen = shown(self.opened, [str(row[0]) for row in rows])
            rows = [(one, *row[1:]) for one, row in zip(seen, rows, strict=True)]
        tables = (
            rules(differences(before, after), tuple(limits_differ(after, *limits))),
            balance(found),
            *([movers(found, rows)] if rows else []),
        )
        title = _TITLE.format(framework=after.title, as_of=self.after.as_of)
        study = moves_study(self.opened, found, self._moment(0), self._moment(1), title)
        study = replace(
            study,
            description=_DESCRIPTION,
            tables=(*tables, *(each for each in study.tables if each.name in _KEPT)),
            charts=tuple(replace(chart, summary=_SUMMARY) for chart in study.charts),
            findings=told(found, currency),
        )
        return Preview(study, found, self.after.as_of, currency)

    def _moment(self, place: int) -> Moment:
        bench, side = self.benches[place], (self.before, self.after)[place]
        return Moment(str(side.as_of), side.as_of, bench.sheets, bench.plan.provenance)
