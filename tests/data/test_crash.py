"""Processes that are killed, and processes that work at once: real ones."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.data.importing import bring, count, new_book

ROOT = Path(__file__).resolve().parents[2]
LINES = 400
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


def _seconds_after_ready(process: subprocess.Popen[str]) -> float:
    _wait_until_ready(process)
    started = time.perf_counter()
    process.wait()
    return time.perf_counter() - started


def test_a_process_killed_at_any_moment_leaves_the_book_as_it_was_or_changed(tmp_path: Path) -> None:
    kill_imports(tmp_path, KILLS)


@pytest.mark.soak
def test_two_hundred_processes_killed_at_any_moment(tmp_path: Path) -> None:
    kill_imports(tmp_path, 200)


def kill_imports(tmp_path: Path, kills: int) -> None:
    book = new_book(tmp_path)
    with start(IMPORT, book.folder, order_file(tmp_path, 0)) as process:
        patience = _seconds_after_ready(process)
    chance = random.Random(7)  # noqa: S311
    committed, whole = LINES, 0
    for number in range(1, kills + 1):
        file = order_file(tmp_path, number)
        with start(IMPORT, book.folder, file) as process:
            _wait_until_ready(process)
            time.sleep(chance.uniform(0, 1.5 * patience))
            process.kill()
        after = count(book)
        whole += after > committed
        patience *= (
            0.8 if after > committed else 1.25
        )  # on a machine that is now busy and now idle, stay near the commit
        assert after in {committed, committed + LINES}
        assert count(book, "products") == after
        bring(book, file)  # again: nothing where it was committed, the whole file where it was not
        committed += LINES
        assert (count(book), count(book, "products")) == (committed, committed)
    assert 0 < whole < kills, "kills must fall before and after the commit for this to show anything"


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
