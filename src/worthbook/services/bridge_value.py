"""The bridge of a value between two dates: revenue, gross margin, or the sum of any column of money."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.bridge import Bridged
from worthbook.data.lists import write_list
from worthbook.data.moves import ABSENT, UNPLACED
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.result import Study
from worthbook.planning.bridge import ESTIMATE_STEPS, LINE_STEPS, MIX, RULES, Bridge
from worthbook.planning.migration import NOT_PLACED, NOT_YET
from worthbook.planning.study import StudyContext, make_study
from worthbook.services.by_group import divided_by, group_titles
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.study_json import study_json
from worthbook.services.value_change import OfColumn, OfLines, Question, change_of, from_kept

HEADING = Text(en="{measure}: {first} → {last}", zh="{measure}：{first} → {last}")

NOTHING_KNOWN = Fault(
    "bridge-nothing-known",
    what=Text(
        en="'{name}' is not known, or is zero, for every customer on {first} and on {last}.",
        zh="“{name}”在 {first} 和 {last} 对所有客户均未知或为零。",
    ),
    hint=Text(
        en="`worthbook describe {name}` says what it is made from; perhaps costs have to be imported.",
        zh="可用 `worthbook describe {name}` 查看其来源；可能需要先导入成本等数据。",
    ),
)
STEP_UNKNOWN = Fault(
    "bridge-step-unknown",
    what=Text(en="This bridge has no step '{name}'.", zh="该变动桥没有名为“{name}”的步骤。"),
    hint=Text(en="{near}", zh="{near}"),
)


@dataclass(frozen=True)
class BridgeAnswer:
    """A bridge, and the study that tells of it."""

    bridge: Bridge
    study: Study
    currency: str

    def as_json(self) -> dict[str, object]:
        """Plain values; amounts with all their digits."""
        return {
            "measure": self.bridge.measure.name,
            "segments": {name: _plain(segment) for name, segment in self.bridge.segments.items()},
            "whole": _plain(self.bridge.whole),
            "study": study_json(self.study),
        }


def _plain(segment: Bridged) -> dict[str, object]:
    return {
        "opening": segment.opening,
        "closing": segment.closing,
        "parts": dict(segment.parts),
        "customers": dict(segment.customers),
    }


def bridge_value(folder: Path, question: Question) -> BridgeAnswer:
    """Explain a change of value between two dates.

    Raises:
        WorthbookError: `dates-not-in-order`, `bridge-not-money`, `bridge-nothing-known`, `name-unknown`,
            `segments-not-named`, `segments-unknown`, `as-of-before-history`, `book-empty`.
    """
    with open_book(folder) as opened:
        return bridge(opened, question)


def bridge(opened: OpenBook, question: Question) -> BridgeAnswer:
    """The same for an open book."""
    opened = divided_by(opened, question.by)
    change = change_of(opened, question)
    segments = from_kept(change, change.segments())
    found = Bridge(
        measure=opened.catalogue.meta(question.measure),
        first=change.first,
        last=change.last,
        segments=segments,
        titles={} if question.by is None else _titles(opened, question.by, segments),
        by_lines=isinstance(change, OfLines),
        from_start=not isinstance(change, OfLines) or change.spans.first[0] >= opened.extent.first,
    )
    if not found.whole.customers.get("opening") and not found.whole.customers.get("closing"):
        raise NOTHING_KNOWN(name=question.measure, first=found.first, last=found.last)
    return BridgeAnswer(found, _study(opened, found, change), opened.book.currency)


def list_step(  # noqa: PLR0913 - of what, where to, and how
    folder: Path, question: Question, step: str, to: Path, *, bom: bool = True, show_personal: bool = False
) -> int:
    """Write the customers behind a step of a bridge as CSV or Parquet; how many there are.

    Raises:
        WorthbookError: as `bridge_value`, and `bridge-step-unknown`.
    """
    with open_book(folder) as opened, tempfile.TemporaryDirectory(prefix="worthbook-") as place:
        change = change_of(opened, question)
        known = {*((*LINE_STEPS, *MIX) if isinstance(change, OfLines) else ESTIMATE_STEPS)} - {RULES}
        if step not in known:
            raise STEP_UNKNOWN(name=step, near=did_you_mean(step, known))
        sheet = change.write(step, Path(place))
        salt = None if show_personal else opened.book.salt
        return write_list(opened.engine, [sheet], sheet.columns, to, bom=bom, salt=salt)


def _titles(opened: OpenBook, by: str, segments: Mapping[str, Bridged]) -> dict[str, Text]:
    return {**group_titles(opened, by, segments), UNPLACED: NOT_PLACED, ABSENT: NOT_YET}


def _study(opened: OpenBook, found: Bridge, change: OfLines | OfColumn) -> Study:
    definition = opened.catalogue.studies["bridge"]
    words = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    title = HEADING.format(measure=found.measure.title, **words)
    context = StudyContext(
        engine=opened.engine,
        snapshot=opened.snapshot,
        tables=opened.catalogue.tables,
        sheets=(),
        known={},
        as_of=found.last,
        customers=0,
        currency=opened.book.currency,
        fits={},
        provenance=change.provenance,
        bridge=found,
    )
    caveats = (*(definition.caveats if found.by_lines else ()), *opened.catalogue.meta(found.measure.name).caveats)
    return make_study(definition.model_copy(update={"title": title, "caveats": caveats}), context)
