"""How sound the data of a book are, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Study
from worthbook.kernel.units import show
from worthbook.planning.study import StudyContext, make_study
from worthbook.services.duplicates import duplicates_of
from worthbook.services.open_book import TRANSACTIONS, OpenBook, open_book
from worthbook.services.rejected_lines import IN_FUTURE, rejected_because

STUDY = "data_health"

_READ = Text(
    en="Lines read: {read}; accepted {accepted}, rejected {rejected}, skipped by rule {skipped}.",
    zh="共读取{read}行：接受{accepted}行，拒绝{rejected}行，按规则跳过{skipped}行。",
)
_REJECTED = Text(en="  rejected as {reason}: {count}", zh="  拒绝原因 {reason}：{count}行")
_KNOWN = Text(en="Known in part, and what more of it would answer:", zh="数据不全的列，以及补全后可回答的问题：")
_MISSING = Text(en="Not there yet, and what it would answer:", zh="尚未提供的数据，以及可回答的问题：")


@dataclass(frozen=True)
class DataHealth:
    """What was found in the data of a book."""

    study: Study
    read: int
    accepted: int
    rejected: int
    skipped: int
    reasons: tuple[tuple[str, int], ...]
    """Slug → rejected lines, most first."""

    def say(self, language: Language) -> str:
        """Sentences, gravest first, then what more data would answer."""
        return "\n".join(self._lines(language))

    def _lines(self, language: Language) -> list[str]:
        counts = _READ.format(read=self.read, accepted=self.accepted, rejected=self.rejected, skipped=self.skipped).say(
            language
        )
        lines = [finding.text.say(language) for finding in self.study.findings]
        lines += [counts, *(_REJECTED.format(reason=slug, count=count).say(language) for slug, count in self.reasons)]
        return lines + self._told("known", _KNOWN, language) + self._told("missing", _MISSING, language)

    def _told(self, name: str, title: Text, language: Language) -> list[str]:
        """One line for each row of a table that says what would be answered."""
        found = next((each for each in self.study.tables if each.name == name), None)
        if found is None or "unlocks" not in {each.name for each in found.columns}:
            return []
        lines = []
        for row in found.rows:
            cells = dict(zip([each.name for each in found.columns], row, strict=True))
            what, unlocks = cells.get("column", cells.get("table")), cells["unlocks"]
            if isinstance(what, Text) and isinstance(unlocks, Text):
                share = cells.get("share")
                part = "" if share is None else f" ({show(share, found.unit('share'), language)})"  # type: ignore[arg-type]
                lines.append(f"  {what.say(language)}{part}: {unlocks.say(language)}")
        return [title.say(language), *lines] if lines else []

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "facts": dict(self.study.facts),
            "findings": [{"en": each.text.en, "zh": each.text.zh, "tone": each.tone} for each in self.study.findings],
            "tables": {
                each.name: [
                    dict(zip((one.name for one in each.columns), map(_plain, row), strict=True)) for row in each.rows
                ]
                for each in self.study.tables
            },
            "read": self.read,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "skipped": self.skipped,
            "rejected_because": dict(self.reasons),
        }


def check_data(folder: Path) -> DataHealth | None:
    """How sound the data of a book are; None where it has no lines.

    Raises:
        WorthbookError: if there is no book, or its definitions have problems.
    """
    with open_book(folder) as opened:
        lines = opened.snapshot.tables.get(TRANSACTIONS)
        return None if lines is None or not lines.files else _found(opened)


def _found(opened: OpenBook) -> DataHealth:
    reasons = rejected_because(opened.book)
    context = StudyContext(
        engine=opened.engine,
        snapshot=opened.snapshot,
        tables=opened.catalogue.tables,
        sheets=(),
        known={},
        as_of=opened.extent.last,
        customers=0,
        currency=opened.book.currency,
        fits={},
        provenance={},
        future_lines=reasons.get(IN_FUTURE, 0),
        possible_duplicates=duplicates_of(opened, limit=1).found.count,
    )
    counted = [each for each in opened.imports if each.state == "committed"]
    return DataHealth(
        study=make_study(opened.catalogue.studies[STUDY], context),
        read=sum(each.read for each in counted),
        accepted=sum(each.accepted for each in counted),
        rejected=sum(each.rejected for each in counted),
        skipped=sum(each.skipped for each in counted),
        reasons=tuple(reasons.items()),
    )


def _plain(value: object) -> object:
    return {"en": value.en, "zh": value.zh} if isinstance(value, Text) else value
