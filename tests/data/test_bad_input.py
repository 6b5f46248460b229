"""Files that cannot be imported: the exact words, and a book that holds what it held."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.data.importing import bring, new_book
from worthbook.kernel.errors import WorthbookError

BAD = Path(__file__).resolve().parents[1] / "bad_input"

HOW = (
    "\n  hint: Name one of the columns {name}, or say which it is: worthbook inspect FILE --map {line}. "
    "{near}Columns found: {columns}."
)
NOTHING = "customer_id=COLUMN ordered_on=COLUMN amount=COLUMN"
CLOSE = "\n  hint: Close or remove the quote in that line, then import the file again."
NO_CUSTOMER = "PATH: [customer-column-missing] No column of FILE says who the customer is."
NO_DATE = "PATH: [date-column-missing] No column of FILE holds dates."
UNCLOSED = (
    "PATH:3: [quote-unclosed] A quote that opens in line 3 of FILE is not closed, "
    "so the lines after it cannot be told apart." + CLOSE
)
EMPTY = "[file-empty] FILE is empty.\n  hint: Export it again; a header line and lines of data are needed."

CASES = {
    "empty.csv": EMPTY,
    "blank_lines.csv": EMPTY,
    "header_only.csv": "PATH:1: [file-without-rows] FILE has a header and no line of data."
    "\n  hint: Export it again with the lines.",
    "binary.csv": "PATH:1: [file-not-text] FILE is no table that can be read: it holds binary data, a zero byte in "
    "line 1.\n  hint: CSV, JSON lines, XLSX, XLS, ODS and Parquet are read; save it as one of these. A text file must "
    "not hold zero bytes: export it again, or remove them.",
    "no_customer.csv": NO_CUSTOMER
    + HOW.format(
        name="customer_id",
        line="customer_id=COLUMN ordered_on=order_date amount=amount",
        near="",
        columns="order_date, amount",
    ),
    "no_date.csv": NO_DATE
    + HOW.format(
        name="ordered_on",
        line="customer_id=customer_id ordered_on=COLUMN amount=amount",
        near="Nearest layouts: cdnow (lacks date, n_cds), worthbook_orders (lacks ordered_on). ",
        columns="customer_id, amount",
    ),
    "no_customer_no_date.csv": NO_CUSTOMER
    + HOW.format(name="customer_id", line=NOTHING, near="", columns="colour, size")
    + "\n"
    + NO_DATE
    + HOW.format(name="ordered_on", line=NOTHING, near="", columns="colour, size"),
    "all_rejected.csv": "PATH: [all-lines-rejected] None of the 3 lines of FILE could be used. "
    "Lines rejected: 2, the first is line 2: 'yesterday' cannot be read as a date. "
    "Lines rejected: 1, the first is line 4: 'ten' cannot be read as a number."
    "\n  hint: Look at these lines; if the columns were read wrongly, name another mapping.",
    "neither_utf8_nor_gb18030.csv": "PATH:3: [encoding-unknown] Line 3 of FILE is neither UTF-8 nor GB18030 (GBK)."
    "\n  hint: Save the file as CSV UTF-8 and try again.",
    "broken_utf8.csv": "PATH:4: [encoding-broken] FILE is UTF-8, but line 4 holds bytes that are not."
    "\n  hint: Correct that line, or export the file again.",
    "unclosed_quote.csv": UNCLOSED,
    "unclosed_quote_closed_later.csv": UNCLOSED,
    "mixed_dates.csv": "PATH: [dates-mixed] The column 'date' mixes day/month and month/day: "
    "'25/12/2025' in line 3, '12/25/2025' in line 4."
    "\n  hint: Write all dates in one way, best as 2026-06-30, and import the file again.",
    "truncated.csv.gz": "[file-damaged] FILE is damaged or not complete: Compressed file ended before the "
    "end-of-stream marker was reached.\n  hint: Export or download it again.",
}

CHINESE = {
    "empty.csv": "empty.csv 是空文件。",
    "no_customer.csv": "no_customer.csv 中没有可识别的客户列。",
    "no_date.csv": "no_date.csv 中没有可识别的日期列。",
    "unclosed_quote.csv": "unclosed_quote.csv 第 3 行的引号没有闭合，之后的各行无法区分。",
    "all_rejected.csv": "all_rejected.csv 的 3 行数据全部无法使用。"
    "拒绝 2 行，首行为第 2 行：“yesterday”无法识别为日期。"
    "拒绝 1 行，首行为第 4 行：“ten”无法识别为数字。",
    "mixed_dates.csv": "“date”列混用了“日/月”和“月/日”两种写法：第 3 行为“25/12/2025”，第 4 行为“12/25/2025”。",
}


def refused(tmp_path: Path, file: Path) -> WorthbookError:
    book = new_book(tmp_path)
    with pytest.raises(WorthbookError) as error:
        bring(book, file)
    assert book.snapshot().tables == {}
    assert list((book.folder / ".work").glob("*")) == []
    return error.value


@pytest.mark.parametrize("name", CASES)
def test_the_words(tmp_path: Path, name: str) -> None:
    expected = CASES[name].replace("PATH", str(BAD / name)).replace("FILE", name)
    assert refused(tmp_path, BAD / name).say("en") == expected


@pytest.mark.parametrize("name", CASES)
def test_every_problem_is_told_in_chinese(tmp_path: Path, name: str) -> None:
    for problem in refused(tmp_path, BAD / name).problems:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.what.zh)
        assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.hint.zh)


@pytest.mark.parametrize("name", CHINESE)
def test_the_words_in_chinese(tmp_path: Path, name: str) -> None:
    (problem, *_) = refused(tmp_path, BAD / name).problems
    assert problem.what.zh == CHINESE[name]


def test_a_missing_file(tmp_path: Path) -> None:
    error = refused(tmp_path, tmp_path / "gone.csv")
    assert error.say("en") == f"[file-missing] There is no file {tmp_path}/gone.csv.\n  hint: Check the path."
    assert error.problems[0].what.zh == f"找不到文件 {tmp_path}/gone.csv。"


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    error = refused(tmp_path, tmp_path / "folder.csv")
    assert error.say("en") == (
        f"[file-is-folder] {tmp_path}/folder.csv is a folder, not a file.\n  hint: Name one of the files in it."
    )
    assert error.problems[0].what.zh == f"{tmp_path}/folder.csv 是文件夹，不是文件。"


def test_a_damaged_parquet_file(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    file.write_bytes(b"PAR1 and nothing more")
    assert refused(tmp_path, file).slugs == ("file-damaged",)


@pytest.mark.parametrize(("lines", "end"), [(1, "\n"), (40_000, "\r\n")])
def test_the_line_of_a_zero_byte_is_told(tmp_path: Path, lines: int, end: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(f"customer_id,date,amount{end}{f'A,2026-01-02,1{end}' * lines}B\0,2026-01-02,1{end}".encode())
    error = refused(tmp_path, file)
    assert (error.slugs, str(error.problems[0].where)) == (("file-not-text",), f"{file}:{lines + 2}")


def test_a_compressed_binary_file(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv.gz"
    file.write_bytes(gzip.compress(bytes(range(256)) * 20))
    assert refused(tmp_path, file).slugs == ("file-not-text",)


def test_a_mapping_that_there_is_not(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date\nA,2026-01-02\n")
    with pytest.raises(WorthbookError) as error:
        bring(new_book(tmp_path), file, "uci_online_retai")
    assert error.value.say("en") == (
        "[mapping-unknown] There is no mapping 'uci_online_retai'.\n  hint: Did you mean 'uci_online_retail'?"
    )


def test_a_mapping_that_does_not_fit(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date\nA,2026-01-02\n")
    with pytest.raises(WorthbookError) as error:
        bring(new_book(tmp_path), file, "cdnow")
    assert error.value.say("en") == (
        f"{file}: [mapping-misfit] The mapping 'cdnow' does not fit orders.csv: it has no column for n_cds, amount.\n"
        "  hint: Leave the mapping out to have the layout recognised. Columns found: customer_id, date."
    )


def test_more_lines_than_the_parser_finds_are_refused(tmp_path: Path) -> None:
    """A quote inside a value and one that opens, on one line, deceive the count of quotes: then nothing is imported."""
    file = tmp_path / "orders.csv"
    file.write_text('customer_id,date,amount,note\nA,2026-01-02,1"x,"open\nB,2026-01-02,1,y\nC,2026-01-02,1,"z"\n')
    assert refused(tmp_path, file).slugs in {("lines-unaccounted",), ("quote-unclosed",)}
