"""Draw the page in a process of its own.

The converter of charts takes half a second to start and holds the lock of Python while it draws. Beside the work it
costs no time: it starts while files are read, and draws while lists are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Language


@dataclass(frozen=True)
class Drawing:
    """A process that draws."""

    process: ProcessPoolExecutor

    def page(self, evaluation: Evaluation, language: Language) -> Future[str]:
        """The page, when it is ready."""
        return self.process.submit(_page, evaluation, language)


@contextmanager
def drawing() -> Iterator[Drawing]:
    """Start a process that draws; it ends with the block."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        process.submit(_start)
        yield Drawing(process)


def _start() -> None:
    import worthbook.reporting.page  # noqa: F401, PLC0415 - the process that draws loads it, not its parent
    from worthbook.reporting.chart import start_drawing  # noqa: PLC0415

    start_drawing()


def _page(evaluation: Evaluation, language: Language) -> str:
    from worthbook.reporting.page import render_page  # noqa: PLC0415

    return render_page(evaluation, language)
