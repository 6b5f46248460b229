from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.data.scan import LONGEST_LINE, Layout, Scan, line_at, scan
from worthbook.kernel.errors import WorthbookError


def scanned(folder: Path, text: str, columns: int = 2) -> Scan:
    file = folder / "text.csv"
    file.write_text(text, encoding="utf-8")
    header = 1 + next(index for index, line in enumerate(text.splitlines()) if line.strip())
    return scan(file, Layout(b",", columns, file, header))


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("a,b\n1,2\n3,4\n", 2),
        ("a,b\n1,2\n3,4", 2),
        ("\n\na,b\n\n1,2\n\n\n3,4\n\n", 2),
        ('a,b\n1,"x\ny"\n3,4\n', 2),
        ('a,b\n1,"x\n\n\ny"\n3,4\n', 2),
        ('a,b\n"x\ny","p\nq"\n3,4\n', 2),
        ('a,b\n1,15" screen\n3,5" disc\n', 2),
        ('a,b\n1,"say ""hi""\nnow"\n3,4\n', 2),
        ('a,b\n1,"x,\ny"\n3,4\n', 2),
    ],
)
def test_records_are_counted(tmp_path: Path, text: str, records: int) -> None:
    assert scanned(tmp_path, text).records == records


def test_the_lines_of_a_quoted_value_are_named(tmp_path: Path) -> None:
    found = scanned(tmp_path, 'a,b\n1,"x\n\ny"\n\n3,4\n')
    assert (found.continued.tolist(), found.blank.tolist()) == ([3, 4], [5])


@pytest.mark.parametrize(
    ("text", "longest"),
    [('a,b\n1,"x, y"\n\n3,5" disc\n', 24), ('a,b\n1,"x\ny"\n3,4\n', LONGEST_LINE)],
    ids=["one line a record", "a value of two lines"],
)
def test_a_file_is_read_from_several_places_where_every_line_feed_ends_a_record(
    tmp_path: Path, text: str, longest: int
) -> None:
    found = scanned(tmp_path, text)
    assert (found.divisible, found.longest) == (longest != LONGEST_LINE, longest)


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("a,b\n1,x y\n", ""),
        ("a,b\n1,x\t\n2,y\f", "\t\f"),
        ("a,b\n1,茶\n2,茶　", "　"),
        ("a,b\n1,é\xa0\n", "\xa0"),
        ('a,b\n1,"x\n"\n', "\n"),
    ],
)
def test_the_signs_for_blanks_of_a_file_are_found(tmp_path: Path, text: str, blanks: str) -> None:
    assert scanned(tmp_path, text).blanks == blanks


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,2\n3,"x\n' + "5,6\n" * 9,
        'a,b\n1,2\n3,"x\n5,"y"\n',
        'a,b\n1,2\n3,"x\n5,6",7\n',
        'a,b\n1,2\n3,"x\n' + "5,6\n" * 500 + '7,8"\n',
    ],
    ids=["to the end", "text after the quote", "too many columns", "too many lines"],
)
def test_a_quote_that_is_not_closed_is_refused_where_it_opens(tmp_path: Path, text: str) -> None:
    with pytest.raises(WorthbookError) as error:
        scanned(tmp_path, text)
    assert [(each.slug, each.where.line if each.where else None) for each in error.value.problems] == [
        ("quote-unclosed", 3)
    ]


def test_bytes_are_found_in_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "text.csv"
    file.write_text("ab\ncd\n\nef\n")
    assert line_at(file, [0, 1, 3, 6, 7]) == [1, 1, 2, 3, 4]
