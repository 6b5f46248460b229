"""Broken, hostile and absurd files: a plain word or every line accounted for, and never a changed book on error.

The long forms, with a line of 1 GB and thousands of mutations, run in `make soak`.
"""

from __future__ import annotations

import atexit
import functools
import gzip
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.importing import FILES, bring, count, mappings, new_book, rows, tables
from worthbook.data.book import Book
from worthbook.data.ingest import ingest_archive
from worthbook.kernel.errors import WorthbookError
from worthbook.services.watch_folder import new_files

GOOD = "customer_id,date,amount\nA,2026-01-02,1\n"
SAMPLES = ("shopify_orders.csv", "taobao_orders.csv", "uci_online_retail.csv")


def accounted(book: Book, file: Path) -> str:
    """Import a file; either every line is accounted for, or the book is as it was and there is a plain word."""
    before = book.snapshot()
    try:
        report = bring(book, file)
    except WorthbookError as error:
        assert book.snapshot() == before
        assert list((book.folder / ".work").glob("*")) == []
        assert all(problem.what.en and problem.what.zh for problem in error.problems)  # noqa: PT017 - any error may be
        return error.slugs[0]
    assert report.accepted + report.rejected + report.skipped == report.read
    assert len(book.rejects(report.import_id)) == report.rejected
    return "imported"


@functools.cache
def made_with_something() -> Path:
    """The folder of a book with one import, of which the tests take copies."""
    folder = Path(tempfile.mkdtemp(prefix="worthbook-"))
    atexit.register(shutil.rmtree, folder)
    book = new_book(folder)
    (folder / "good.csv").write_text(GOOD)
    bring(book, folder / "good.csv")
    return book.folder


def book_with_something(folder: Path) -> Book:
    return Book.open(shutil.copytree(made_with_something(), folder / "shop.book"))


@settings(max_examples=30)
@given(
    st.binary(max_size=400), st.sampled_from([b"", GOOD.encode(), b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b'{"a": '])
)
def test_random_bytes(tmp_path_factory: pytest.TempPathFactory, tail: bytes, head: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "some.csv").write_bytes(head + tail)
    accounted(book_with_something(folder), folder / "some.csv")


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The file with some of its bytes changed, dropped, doubled or moved."""
    data = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        at, size = chance.randrange(len(data)), chance.randrange(1, 40)
        match chance.randrange(6):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                data = data[:at] + data[at + size :] or data
            case 2:
                data[at:at] = data[at : at + size] * chance.randrange(1, 20)
            case 3:
                data[at:at] = chance.choice(
                    [b'"', b'""', b"\0", b"\n", b"\r", b",,,,", b"\xff\xfe", "，".encode(), b"'"]
                )
            case 4:
                data = data[:at] or data
            case _:
                data += data[at:]
    return bytes(data)


def mutate(folder: Path, seed: int) -> set[str]:
    chance = random.Random(seed)  # noqa: S311
    book = book_with_something(folder)
    found = set()
    for number in range(12):
        name = chance.choice(SAMPLES)
        file = folder / f"{number}-{name}"
        content = (FILES / name).read_bytes()
        file.write_bytes(mutated(content, chance))
        if chance.random() < 0.2:
            file = file.with_suffix(".csv.gz")
            packed = gzip.compress(content)
            file.write_bytes(packed[: chance.randrange(len(packed))])
        found.add(accounted(book, file))
    return found


def test_mutated_files(tmp_path: Path) -> None:
    assert "imported" in mutate(tmp_path, 11)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(200))
def test_many_mutated_files(tmp_path: Path, seed: int) -> None:
    assert mutate(tmp_path, seed)


def wide(columns: int, name: str = "x{}") -> str:
    names = ",".join(["customer_id", "date", "amount", *(name.format(number) for number in range(columns))])
    return f"{names}\n" + "\n".join(f"{who},2026-01-02,1" + ",y" * columns for who in "ABC") + "\n"


def long_line(megabytes: int) -> str:
    return f"customer_id,date,amount,note\nA,2026-01-02,1,{'x' * (megabytes << 20)}\nB,2026-01-03,2,short\n"


ABSURD: dict[str, tuple[Callable[[], str | bytes], str, int]] = {
    "two thousand columns": (lambda: wide(2_000), "imported", 3),
    "a thousand columns of one name": (lambda: wide(1_000, "x"), "imported", 3),
    "a line of eight megabytes": (lambda: long_line(8), "imported", 2),
    "a line of eighty megabytes": (lambda: long_line(80), "line-too-long", 0),
    "one line without an end": (lambda: "x" * (70 << 20), "line-too-long", 0),
    "a quote that never closes": (lambda: GOOD + '"B,2026-01-02,1\n' + "C,2026-01-02,1\n" * 300, "quote-unclosed", 0),
    "zero bytes in a value": (lambda: GOOD + "A\0B,2026-01-02,1\n", "file-not-text", 0),
    "zero bytes further down": (lambda: GOOD + "B,2026-01-02,1\n" * 6000 + "C\0,2026-01-02,1\n", "file-not-text", 0),
    "header only": (lambda: "customer_id,date,amount\n", "file-without-rows", 0),
    "the header again in the middle": (lambda: GOOD + GOOD + "B,2026-01-03,1\n", "imported", 3),
    "nothing but commas": (lambda: ",,,\n,,,\n", "customer-column-missing", 0),
}  # fmt: skip


@pytest.mark.parametrize("name", ABSURD)
def test_absurd_files(tmp_path: Path, name: str) -> None:
    make, expected, accepted = ABSURD[name]
    content = make()
    file = tmp_path / "absurd.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    book = new_book(tmp_path)
    assert (accounted(book, file), count(book)) == (expected, accepted)


def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    book = book_with_something(tmp_path)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("orders.csv", GOOD.encode() + bytes(100 << 20))
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(GOOD.encode() + b" " * (100 << 20)))
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", bytes(100 << 20))
    for name in ("bomb.zip", "bomb.csv.gz", "bomb.xlsx"):
        assert accounted(book, tmp_path / name) == "archive-too-large"


def test_what_an_archive_holds_is_never_written_outside_our_folder(tmp_path: Path) -> None:
    book = book_with_something(tmp_path)
    with zipfile.ZipFile(tmp_path / "slip.zip", "w") as archive:
        for name in ("../../../slip.csv", "/tmp/slip-absolute.csv", "..\\..\\slip.csv"):  # noqa: S108
            archive.writestr(name, GOOD.replace("A", f"of {len(name)}"))
    reports = list(ingest_archive(book, tmp_path / "slip.zip", mappings(), tables()))
    assert [each.accepted for each in reports] == [1, 1, 1]
    assert [path for path in tmp_path.rglob("*slip*") if path.suffix == ".csv"] == []
    assert not Path("/tmp/slip-absolute.csv").exists()  # noqa: S108


def test_a_link_out_of_a_watched_folder_is_not_followed(tmp_path: Path) -> None:
    book, folder = new_book(tmp_path), tmp_path / "inbox"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text(GOOD)
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "orders.csv").write_text(GOOD)
    (folder / ".hidden.csv").write_text(GOOD)
    (folder / "read me.pdf").write_text("x")
    assert [path.name for path in new_files(book, folder)] == ["orders.csv"]


def test_a_formula_is_kept_as_it_is(tmp_path: Path) -> None:
    """What is written to CSV and XLSX is neutralised there: tests/data/test_lists.py, tests/reporting."""
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date,amount\n=cmd|' /C calc'!A0,2026-01-02,1\n@SUM(A1),2026-01-02,2\n")
    book = new_book(tmp_path)
    bring(book, file)
    assert rows(book, "customer_id") == [("=cmd|' /C calc'!A0",), ("@SUM(A1)",)]


LONG = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
from tests.data.importing import bring, new_book
from worthbook.kernel.errors import WorthbookError
folder = Path(sys.argv[1])
try:
    bring(new_book(folder), folder / "long.csv")
except WorthbookError as error:
    print(error.slugs[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


@pytest.mark.soak
def test_ten_thousand_columns(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text(wide(10_000))
    assert accounted(new_book(tmp_path), tmp_path / "wide.csv") == "imported"


@pytest.mark.soak
def test_a_line_of_a_gigabyte_is_refused_in_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "long.csv").open("wb") as stream:
        stream.write(b"customer_id,date,amount,note\nA,2026-01-02,1,")
        for _ in range(1024):
            stream.write(b"x" * (1 << 20))
    command = [sys.executable, "-c", LONG, str(tmp_path)]
    done = subprocess.run(command, cwd=FILES.parents[2], capture_output=True, text=True, check=True)
    slug, megabytes = done.stdout.split()
    assert (slug, int(megabytes) < 1000) == ("line-too-long", True)
