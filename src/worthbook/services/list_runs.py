"""The evaluations that a book has kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from worthbook.data.book import Book
from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Language, Text
from worthbook.planning.store import Store

LINE = Text(
    en="{run}  as at {as_of}, {customers} customers, made {made}",
    zh="{run}  评估日 {as_of}，客户 {customers} 位，生成于 {made}",
)


@dataclass(frozen=True)
class RunLine:
    """One kept evaluation in a line."""

    evaluation: Evaluation

    def say(self, language: Language) -> str:
        """The line."""
        each = self.evaluation
        made = each.made_at.strftime("%Y-%m-%d %H:%M")
        line = LINE.format(run=each.run_id, as_of=each.as_of, customers=f"{each.customers:,}", made=made)
        return line.say(language)

    def as_json(self) -> dict[str, object]:
        """The line as plain values."""
        each = self.evaluation
        return {
            "run": each.run_id,
            "as_of": each.as_of.isoformat(),
            "customers": each.customers,
            "made_at": each.made_at.isoformat(),
        }


def list_runs(folder: Path) -> tuple[RunLine, ...]:
    """All kept evaluations of a book, oldest first.

    Raises:
        WorthbookError: If there is no book.
    """
    store = Store(Book.open(folder).runs_folder)
    return tuple(RunLine(store.run(run_id).evaluation) for run_id in store.run_ids())
