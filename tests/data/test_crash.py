"""Processes that are killed, and processes that work at once: real ones."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.importing import bring, count, new_book
from worthbook.data.book import Book

ROOT = Path(__file__).resolve().parents[2]
LINES = 400
FEW = 50
KILLS = 12

IMPORT = """
import sys
from pathlib import Path
from tests.data.importing import bring, mappings, tables
from worthbook.data.book import Book
book = Book.open(Path(sys.argv[1]))
mappings(), tables()
print("ready", flush=True)
for file in sys.argv[2:]:
    bring(book, Path(file))
"""
SERVE = """
import os, re, signal, sys
from pathlib import Path
from tests.data.importing import bring, mappings, tables
from worthbook.data.book import Book
mappings(), tables()
print("ready", flush=True)
ours = re.compile("worthbook/data/(attempt|commit|delta|feeds|upsert)[.]py$")
for request in sys.stdin:
    folder, file, at = request.rstrip("\\n").split("\\t")
    read, write = os.pipe()
    child = os.fork()
    if not child:
        left, taken = int(at), 0
        def step(frame, *_):
            global left, taken
            if ours.search(frame.f_code.co_filename):
                left, taken = left - 1, taken + 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.setprofile(step)
        bring(Book.open(Path(folder)), Path(file))
        sys.setprofile(None)
        os.write(write, str(taken).encode())
        os._exit(0)
    os.close(write)
    print(child, flush=True)
    print((os.read(read, 100) or b"0").decode(), flush=True)
    os.close(read)
    os.waitpid(child, 0)
"""
READ = """
import sys
from pathlib import Path
from tests.data.importing import rows_in
from worthbook.data.book import Book
book = Book.open(Path(sys.argv[1]))
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    snapshot = book.snapshot()
    print(*(len(rows_in(snapshot, "1", table)) for table in ("transactions", "products")), flush=True)
"""


def order_file(folder: Path, number: int, lines: int = LINES) -> Path:
    """A file that feeds two tables, with as many products as lines."""
    file = folder / f"orders{number}.csv"
    rows = "".join(f"C{line},2026-01-02,{number}.5,P{number}-{line},Tea\n" for line in range(lines))
    file.write_text(f"customer_id,date,amount,product_id,product_name\n{rows}")
    return file


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


class Victims:
    """A process that forks another for each import, so that none has to load the program first."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        _wait_until_ready(self._server)

    def bring(self, file: Path, *, at_step: int = 0, after: float | None = None) -> int:
        """Import a file in a process that kills itself at one of its steps, or is killed after some seconds.

        Returns:
            How many steps it took where it was not killed, else 0.
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(self._book.folder, file, at_step, sep="\t", file=self._server.stdin, flush=True)
        process = int(self._server.stdout.readline())
        if after is not None:
            time.sleep(after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return int(self._server.stdout.readline())

    def close(self) -> None:
        self._server.communicate()


@pytest.fixture
def victims(tmp_path: Path) -> Iterator[Victims]:
    made = Victims(new_book(tmp_path))
    yield made
    made.close()


def test_a_process_killed_at_any_moment_leaves_the_book_as_it_was_or_changed(victims: Victims, tmp_path: Path) -> None:
    kill_imports(victims, tmp_path, KILLS)


@pytest.mark.soak
def test_two_hundred_processes_killed_at_any_moment(victims: Victims, tmp_path: Path) -> None:
    whole, ahead = kill_imports(victims, tmp_path, 200)
    assert whole, "some must fall after the commit for this to show anything"
    assert ahead, "and some between the commits of the tables"


def _whole(victims: Victims, file: Path) -> tuple[int, float]:
    """How many steps, and how many seconds, an import takes now: both grow with the book."""
    started = time.perf_counter()
    return victims.bring(file), time.perf_counter() - started


def kill_imports(victims: Victims, tmp_path: Path, kills: int) -> tuple[int, int]:
    """Kill imports, by turns at a step of the program and after some time, which also falls into foreign code.

    Returns:
        How many were killed after the commit, and how many left some table ahead of the ledger.
    """
    book = Book.open(tmp_path / "shop.book")
    steps, patience = _whole(victims, order_file(tmp_path, 0, FEW))
    chance = random.Random(7)  # noqa: S311
    committed, whole, ahead = FEW, 0, 0
    for number in range(1, kills + 1):
        file = order_file(tmp_path, number, FEW)
        if number % 2:
            victims.bring(file, at_step=1 + int(steps * (1 - chance.random() ** 3)))  # more of them near the commit
        else:
            victims.bring(file, after=chance.uniform(0, 1.2 * patience))
        after = count(book)
        whole += after > committed
        versions = book.history().versions
        ahead += any(book.table(name).version > version for name, version in versions.items())
        assert after in {committed, committed + FEW}
        assert count(book, "products") == after
        bring(book, file)  # again: nothing where it was committed, the whole file where it was not
        committed += FEW
        if number % 10 == 0:
            steps, patience = _whole(victims, order_file(tmp_path, -number, FEW))
            committed += FEW
        assert (count(book), count(book, "products")) == (committed, committed)
    assert 0 < whole < kills, "kills must fall before and after the commit for this to show anything"
    return whole, ahead


def test_processes_that_import_at_once_all_succeed(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    files = [order_file(tmp_path, number) for number in range(6)]
    processes = [start(IMPORT, book.folder, *files[part::2], files[0]) for part in range(2)]
    errors = [process.communicate()[1] for process in processes]
    assert errors == ["", ""]
    assert (count(book), count(book, "products")) == (6 * LINES, 6 * LINES)
    assert len([each for each in book.imports() if each.state == "committed"]) == 6


def test_a_reader_never_sees_half_an_import(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    bring(book, order_file(tmp_path, 0))
    stop = tmp_path / "stop"
    with start(READ, book.folder, stop) as reader:
        _wait_until_ready(reader)
        for number in range(1, 11):  # enough for a compaction
            bring(book, order_file(tmp_path, number))
        stop.touch()
        out, errors = reader.communicate()
    seen = [tuple(map(int, line.split())) for line in out.splitlines()]
    assert errors == ""
    assert len(seen) > 5
    assert {orders % LINES for orders, _ in seen} == {0}
    assert seen == sorted(seen)
