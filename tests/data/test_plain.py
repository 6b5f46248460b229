"""Reading lines as they stand gives what cleaning every cell gives, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.importing import bring, mappings, new_book, rows, tables
from worthbook.data.convert import add_macros
from worthbook.data.judge import Judge
from worthbook.data.judged import JUDGED
from worthbook.data.notes import Notes
from worthbook.data.plain import FEWEST, judge_lines
from worthbook.data.recognise import recognise
from worthbook.data.scan import Layout, cut_lines, scan
from worthbook.data.text_source import TextSource

HEADER = "customer_id,ordered_on,ordered_at,order_id,product_id,amount,quantity,is_return,note\n"
PLAIN = [
    f"C{n % 7},2026-01-{1 + n % 28:02},2026-01-02 10:{n % 60:02}:00,{n},tea,{n}.50,{n % 3},no,x\n" for n in range(250)
]
ODD = (
    *(
        "",
        " ",
        "-",
        "--",
        "NULL",
        "nan",
        "inf",
        "#N/A",
        "/",
        "　",
        "\t7\t",
        " 12 ",
        '="12"',
        "'12",
        "¥12.00",
        "1,200.5",
    ),
    *(
        "(12.00)",
        "12-",
        "1.2万",
        "1e3",
        "1_000",
        "99999999999999999",
        "0x10",
        "12.",
        ".5",
        "+3",
        "١",
        "17850.0",
        "散客",
    ),
    *("2026-1-2", "2026/01/02", "2026-01-02 24:00", "2026-01-02T10:00:00Z", "2026-01-02x", "epoch", "infinity"),
    *(
        "02026-01-02",
        "20-4-6",
        "1899-12-31",
        "2200-01-01",
        "13/01/2026",
        "20260102",
        "46024",
        "2 Jan 2026",
        "2026年1月2日",
    ),
    *(
        "2099-01-01",
        "yes",
        "是",
        "maybe",
        "a\nb",
        "新疆",
        "N1",
        "é ",
        "2026- 1-2",
        "2026-01-02 (BC)",
        "9999999999999999999999",
    ),
    *("tea\f", "tea\xa0", "tea　", "tea\ufeff", "tea\t", "tea\n", "17850.0 ", "17850.0.0", "a.0"),
)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell


def outcome(file: Path, folder: Path, fewest: int) -> tuple[object, ...]:
    """Everything that comes of the lines of a file."""
    source = TextSource(file, folder)
    recognition = recognise(source, mappings(), "worthbook_orders")
    with duckdb.connect() as connection:
        add_macros(connection)
        judge = Judge(source, recognition, tables(), {}, dt.date(2026, 6, 30), buckets=3)
        verdicts = judge_lines(connection, judge, fewest)
        verdicts.bring_texts(connection, source)
        notes = Notes(connection, source, recognition, verdicts.reasons, verdicts.refused)
        kept = sorted(judge.stored)
        names = ", ".join(f'"{each}"' for each in [*kept, "ordered_at", "product_name", "file_name", "bucket of 3"])
        judged = connection.execute(f"SELECT line, verdict, {names} FROM {JUDGED} ORDER BY line").fetchall()
        said = [each.en for each in notes.said()]
        return len(verdicts.parts), (judged, verdicts.refused, verdicts.dates, notes.counts, said)


def lines_with_text(file: Path) -> list[int]:
    """The lines whose text is kept although all were read as they stand."""
    source = TextSource(file, file.parent)
    with duckdb.connect() as connection:
        add_macros(connection)
        judge = Judge(source, recognise(source, mappings()), tables(), {}, dt.date(2026, 6, 30))
        judge_lines(connection, judge, 0).bring_texts(connection, source)
        return [line for (line,) in connection.execute("SELECT line FROM source_lines ORDER BY line").fetchall()]


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from(ODD), st.integers(0, 249), st.booleans()), min_size=1, max_size=9
    ),
    st.sampled_from(["", "\n", "a,b\n", "C1,2026-01-01,,1,tea,1,1,no,x,y,z\n"]),
)
def test_lines_read_as_they_stand_give_what_cleaned_ones_give(
    tmp_path_factory: pytest.TempPathFactory, odd: list[tuple[int, str, int, bool]], between: str
) -> None:
    lines = list(PLAIN)
    for column, cell, at, twice in odd:
        cells = PLAIN[at].rstrip("\n").split(",")
        cells[column] = quoted(cell)
        lines[at] = ",".join(cells) + "\n"
        lines.extend([between] + [lines[at]] * twice)
    folder = tmp_path_factory.mktemp("plain")
    file = folder / "orders.csv"
    file.write_text(HEADER + "".join(lines), encoding="utf-8")
    parts, plain = outcome(file, folder, 0)
    assert parts == 2
    assert (1, plain) == outcome(file, folder, FEWEST)


def test_most_lines_keep_no_text(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + "".join(PLAIN) + PLAIN[3] + "C1,soon,,1,tea,1,1,no,x\n")
    assert lines_with_text(file) == [5, 252, 253]


def test_lines_alike_in_what_tells_lines_apart_and_different_elsewhere_keep_no_text(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    lines = [f"C1,2026-01-01,,{n},tea,{n},1,no,x\n" for n in range(40)]
    lines += [line.replace(",1,no,", ",2,no,") for line in lines]
    file.write_text(HEADER + "".join(lines))
    assert lines_with_text(file) == []


def test_where_many_lines_are_odd_the_text_of_all_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + "".join(line.replace(".50", "元") for line in PLAIN))
    assert outcome(file, tmp_path, 0)[0] == 1


def test_a_long_file_is_imported_with_rejects_and_identical_lines(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    file = tmp_path / "orders.csv"
    every = [f"C{n % 999},2026-01-02,,{n},tea,{n % 90}.50,1,no,x\n" for n in range(FEWEST)]
    odd = ["C1,soon,,1,tea,1,1,no,x\n", "C1,2026-01-02,,o1,tea,¥1,1,no,x\n", every[5]]
    file.write_text(HEADER + "".join([*every[:100], *odd, *every[100:]]))
    report = bring(book, file)
    assert (report.accepted, report.rejected) == (FEWEST + 2, 1)
    assert [(each.line, each.value) for each in book.rejects(report.import_id)] == [(102, "soon")]
    assert any("repeat an earlier line in every column: 1;" in note.en for note in report.notes)
    assert rows(book, "import_line, amount::DOUBLE")[99:102] == [(101, 9.5), (103, 1.0), (104, 5.5)]


def test_lines_keep_their_numbers_wherever_a_reader_begins(tmp_path: Path) -> None:
    note = "z" * 800  # a file of 20 MB, which is read in pieces of 8 MB
    kinds = [f'{note},"a, ""b"""', f"{note},x", f'5" {note},x', ""]
    cells = [kinds[n % 701 % 3] if n % 97 else kinds[3] for n in range(25_000)]
    lines = [f"C{n % 999},o{n},2026-01-02,{n % 90}.50,{cell}\n" if cell else "\n" for n, cell in enumerate(cells)]
    wrong = {n: f"C1,o{n},2026-01-02,1,x,y,z\n" if n % 2 else f"C1,o{n},soon,1,x,y\n" for n in range(55, 25_000, 997)}
    wrong = {n: line for n, line in wrong.items() if cells[n]}
    file = tmp_path / "orders.csv"
    header = "customer_id,order_id,ordered_on,amount,note,kind\n"
    file.write_text(header + "".join(wrong.get(n, line) for n, line in enumerate(lines)))
    book = new_book(tmp_path)
    report = bring(book, file)
    right = [(f"o{n}", n + 2) for n, cell in enumerate(cells) if cell and n not in wrong]
    assert rows(book, "order_id, import_line") == right
    assert [each.line for each in book.rejects(report.import_id)] == [n + 2 for n in wrong]


@pytest.mark.parametrize("wanted", [[2], [2, 3], [4], [7], [2, 4, 7]])
def test_lines_are_cut_out_with_those_that_go_on_with_them(tmp_path: Path, wanted: Sequence[int]) -> None:
    file, to = tmp_path / "orders.csv", tmp_path / "cut.csv"
    lines = ["a,b", "1,x", "2,y", '3,"one', "two", 'three"', "4,z"]
    file.write_text("\n".join(lines))
    scanned = scan(file, Layout(b",", 2, file, 1))
    expected = [each for each in range(1, 8) if each in wanted or (each in {5, 6} and 4 in wanted)]
    found = cut_lines(file, scanned, np.asarray(wanted, dtype=np.int64), to)
    assert (found.tolist(), to.read_text()) == (expected, "".join(lines[each - 1] + "\n" for each in expected))
