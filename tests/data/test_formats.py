"""The same lines in every form in which people have them give the same rows."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from tests.data.importing import FILES, bring, bring_text, mappings, new_book, notes, rows, tables
from worthbook.data.book import Book
from worthbook.data.delta import cursor
from worthbook.data.ingest import Manner, ingest, ingest_archive, ingest_query
from worthbook.data.opening import open_source
from worthbook.kernel.errors import WorthbookError

TEXT = "order_id,customer_id,date,product,amount\n0017,张三,2026-01-02,茶,1200.5\n0018,李四,2026-01-03,壶,-30\n"
ROWS = [("0017", "张三", "2026-01-02", "茶", Decimal("1200.5")), ("0018", "李四", "2026-01-03", "壶", Decimal(-30))]
COLUMNS = "order_id, customer_id, ordered_on::VARCHAR, product_name, amount"
POSTGRES = Path("/usr/lib/postgresql/15/bin")


def zipped(members: dict[str, str | bytes]) -> bytes:
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        file.seek(0)
        return file.read()


TEXTS = {
    "utf8.csv": TEXT.encode(),
    "bom.csv": TEXT.encode("utf-8-sig"),
    "utf16.csv": TEXT.encode("utf-16"),
    "utf16_big.csv": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "utf16_without_mark.csv": TEXT.encode("utf-16-le"),
    "gbk.csv": TEXT.encode("gbk"),
    "gb18030.csv.gz": gzip.compress(TEXT.encode("gb18030"), mtime=0),
    "tabs.tsv": TEXT.replace(",", "\t").encode(),
    "semicolons.csv": TEXT.replace(",", ";").encode(),
    "crlf.csv": TEXT.replace("\n", "\r\n").encode(),
    "trailing.csv": TEXT.replace("\n", ",\n").encode(),
    "one.zip": zipped({"orders.csv": TEXT.encode("gbk")}),
    "guarded.csv": TEXT.replace("0017", '"=""0017"""').replace("0018", "\t0018").encode(),
    "dressed.csv": TEXT.replace("1200.5", '"¥1,200.50"').replace("-30", "(30.00元)").encode(),
    "ten_thousands.csv": TEXT.replace("1200.5", "0.12005万").encode(),
    "serial.csv": TEXT.replace("2026-01-02", "46024").replace("2026-01-03", "46025.0").encode(),
    "lines.jsonl": "".join(
        json.dumps(row, ensure_ascii=False) + "\n" for row in csv.DictReader(TEXT.splitlines())
    ).encode(),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_in_every_form(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(TEXTS[name])
    book = new_book(tmp_path)
    report = bring(book, file)
    assert (report.read, rows(book, COLUMNS)) == (2, ROWS)


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        made.add_worksheet("封面").write(0, 0, "订单报表")
        sheet = made.add_worksheet("订单")
        sheet.write(0, 0, "2026 年订单")
        sheet.write_row(2, 0, ["order_id", "customer_id", "date", "product", "amount"])
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for line, (order, customer, date, product, amount) in enumerate(ROWS, start=3):
            sheet.write_row(line, 0, [order, customer])
            sheet.write_datetime(line, 2, dt.datetime.fromisoformat(date), day)
            sheet.write_string(line, 3, product)
            sheet.write_number(line, 4, float(amount))
    return path


def test_a_workbook_is_read_below_its_title_with_the_types_that_it_holds(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    report = bring(book, workbook(tmp_path / "orders.xlsx"))
    assert rows(book, f"{COLUMNS}, import_line") == [(*row, line) for row, line in zip(ROWS, (4, 5), strict=True)]
    assert notes(report)[:2] == [
        "The sheet '订单' was read; the others were not: 封面.",
        "Rows that stand before the headers: 1. The headers are in row 3.",
    ]


def test_a_workbook_of_old_excel_is_read_as_the_same_rows(tmp_path: Path) -> None:
    """The file was written once for this test, as no library in use writes XLS any more."""
    book = new_book(tmp_path)
    report = bring(book, FILES / "orders.xls")
    assert rows(book, f"{COLUMNS}, import_line") == [(*row, line) for row, line in zip(ROWS, (4, 5), strict=True)]
    assert notes(report)[0] == "The sheet '订单' was read; the others were not: 封面."


def test_a_sheet_can_be_asked_for_by_name_or_number(tmp_path: Path) -> None:
    file = workbook(tmp_path / "orders.xlsx")
    for number, sheet in enumerate(("订单", "2")):
        (tmp_path / str(number)).mkdir()
        book = new_book(tmp_path / str(number))
        assert ingest(book, file, mappings(), tables(), Manner(sheet=sheet)).accepted == 2
    with pytest.raises(WorthbookError) as error:
        ingest(book, file, mappings(), tables(), Manner(sheet="订单表"))
    assert error.value.say("en") == (
        "[sheet-unknown] orders.xlsx has no sheet '订单表'.\n  hint: Its sheets are: 封面, 订单. Did you mean '订单'?"
    )


def test_numbers_and_serial_dates_of_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "orders.xlsx"
    with xlsxwriter.Workbook(str(file)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["customer_id", "date", "amount", "amount"])
        sheet.write_row(1, 0, [17850, 46024, 0.1 + 0.2, True])
        sheet.write_row(3, 0, ["=cmd|' /C calc'!A0", 46024.5, 1e15])
    book = new_book(tmp_path)
    report = bring(book, file)
    assert rows(book, "customer_id, ordered_on::VARCHAR, amount::VARCHAR") == [("17850", "2026-01-02", "0.3000")]
    (reject,) = book.rejects(report.import_id)
    assert (reject.line, reject.reason, report.read) == (4, "amount-too-large", 2)


def test_an_open_document_sheet(tmp_path: Path) -> None:
    """Written by hand, since no library here writes one: the least that a program accepts."""
    cells = ["order_id", "customer_id", "date", "product", "amount"]
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in (cells, *ROWS)
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="s">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = tmp_path / "orders.ods"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        archive.writestr("content.xml", content)
    book = new_book(tmp_path)
    bring(book, file)
    assert rows(book, COLUMNS) == ROWS


def test_parquet(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    (tmp_path / "a.csv").write_text(TEXT)
    cursor().execute(f"COPY (FROM read_csv('{tmp_path}/a.csv', all_varchar = true)) TO '{file}' (FORMAT parquet)")
    book = new_book(tmp_path)
    bring(book, file)
    assert rows(book, COLUMNS) == ROWS


def test_objects_inside_json_lines_are_columns_and_a_broken_line_is_a_reject(tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text(
        '{"customer": {"id": "A"}, "date": "2026-01-02", "amount": 1.10}\n\n{"customer": {"id": "B"\n'
        '{"date": "2026-01-03", "amount": 3, "customer": {"id": "C", "vip": true}, "tags": ["x"]}\n[1]\n'
    )
    book = new_book(tmp_path)
    report = bring(book, file)
    assert rows(book, "customer_id, amount::VARCHAR, import_line") == [("A", "1.1000", 1), ("C", "3.0000", 4)]
    assert [(each.line, each.reason) for each in book.rejects(report.import_id)] == [
        (3, "json-unreadable"), (5, "json-unreadable"),
    ]  # fmt: skip


def test_what_is_wrong_with_a_member_is_said_of_the_archive_and_the_member(tmp_path: Path) -> None:
    file = tmp_path / "shop.zip"
    file.write_bytes(zipped({"january.csv": "customer_id,date,amount\n", "february.csv": TEXT}))
    with pytest.raises(WorthbookError) as error:
        list(ingest_archive(new_book(tmp_path), file, mappings(), tables()))
    assert error.value.say("en").startswith(f"{file}/january.csv:1: [file-without-rows] january.csv has a header")


def test_so_it_is_said_where_an_archive_of_one_is_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "shop.zip"
    file.write_bytes(zipped({"january.csv": "customer_id,date,amount\n"}))
    with pytest.raises(WorthbookError) as error:
        open_source(file, tmp_path)
    assert str(error.value.problems[0].where) == f"{file}/january.csv:1"


@pytest.mark.parametrize("members", [{}, {"folder/": ""}])
def test_an_archive_of_nothing_is_told(tmp_path: Path, members: dict[str, str | bytes]) -> None:
    file = tmp_path / "shop.zip"
    file.write_bytes(zipped(members))
    with pytest.raises(WorthbookError) as error:
        open_source(file, tmp_path)
    assert error.value.slugs == ("archive-empty",)


def test_every_file_of_an_archive_is_imported_under_its_own_name(tmp_path: Path) -> None:
    later = TEXT.replace("2026-01", "2026-02").replace("001", "002")
    file = tmp_path / "shop.zip"
    file.write_bytes(zipped({"january.csv": TEXT, "__MACOSX/._january.csv": b"x", "more/february.csv": later}))
    book = new_book(tmp_path)
    reports = list(ingest_archive(book, file, mappings(), tables()))
    assert [(each.file, each.accepted) for each in reports] == [("january.csv", 2), ("february.csv", 2)]
    with pytest.raises(WorthbookError) as error:
        bring(book, file)
    assert error.value.slugs == ("archive-of-several",)


def query(book: Book, url: str) -> list[tuple[object, ...]]:
    sql = "SELECT order_id, customer_id, ordered_on AS date, product, amount FROM orders ORDER BY order_id"
    report = ingest_query(book, url, sql, mappings(), tables())
    assert (report.accepted, report.new) == (2, True)
    assert not ingest_query(book, url, sql, mappings(), tables()).new
    return rows(book, COLUMNS)


CREATE = "CREATE TABLE orders (order_id text, customer_id text, ordered_on date, product text, amount numeric(12, 2))"


def test_a_query_to_sqlite(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute(CREATE)
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", [(*row[:4], float(row[4])) for row in ROWS])
    connection.close()
    book = new_book(tmp_path)
    assert query(book, f"sqlite:///{tmp_path}/shop.db") == ROWS
    with pytest.raises(WorthbookError) as error:
        ingest_query(book, f"sqlite:///{tmp_path}/shop.db", "SELECT * FROM order", mappings(), tables())
    assert error.value.slugs == ("query-failed",)


@pytest.fixture
def postgres() -> Iterator[str]:
    """A server of our own that listens to a socket in a folder that goes away."""
    if not (POSTGRES / "initdb").exists():
        pytest.skip("PostgreSQL 15 is not installed (/usr/lib/postgresql/15/bin)")
    as_user: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="worthbook-pg-"))
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        known = subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode == 0
        if shutil.which("runuser") is None or not known:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*as_user, str(POSTGRES / program), *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8", "--no-sync")
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", f"-c listen_addresses='' -k {folder} -F", "start")
    try:
        yield f"postgresql+pg8000://shop@/postgres?unix_sock={folder}/.s.PGSQL.5432"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_a_query_to_postgresql(tmp_path: Path, postgres: str) -> None:
    from sqlalchemy import create_engine, text  # noqa: PLC0415 - an extra

    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text(CREATE))
        for order, customer, day, product, amount in ROWS:
            connection.execute(
                text("INSERT INTO orders VALUES (:a, :b, :c, :d, :e)"),
                {"a": order, "b": customer, "c": dt.date.fromisoformat(day), "d": product, "e": amount},
            )
    engine.dispose()
    assert query(new_book(tmp_path), postgres) == ROWS


@pytest.mark.parametrize(
    "text", ["<html><table><tr><td>客户</td></tr></table>", '\ufeff\n<?xml version="1.0"?><Workbook/>']
)
def test_a_page_that_is_called_xls_is_told_from_a_workbook(tmp_path: Path, text: str) -> None:
    """Shop programs write tables of HTML and XML under that name."""
    file = tmp_path / "orders.xls"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorthbookError, match="file-is-page"):
        bring(new_book(tmp_path), file)


def test_lines_of_totals_are_left_out(tmp_path: Path) -> None:
    text = "订单号,客户,日期,金额\n1,甲,2026-01-02,10\n合计,,,10\n,总计,,10\n2,合计,2026-01-03,5\n"
    book, report = bring_text(tmp_path, text)
    assert notes(report) == ["Lines skipped: 2, the first is line 3: a line of totals."]
    assert rows(book, "customer_id") == [("甲",), ("合计",)]


def test_the_status_of_an_order_counts_in_any_list(tmp_path: Path) -> None:
    text = (
        "订单号,客户,日期,金额,订单状态\n1,甲,2026-01-02,10,已完成\n2,乙,2026-01-03,20,已取消\n3,丙,2026-01-04,30,待付款\n"
        "4,丁,2026-01-05,40,测试\n5,戊,2026-01-06,50,已退款\n"
    )
    book, report = bring_text(tmp_path, text)
    assert (report.accepted, report.skipped) == (2, 3)
    assert sorted(rows(book, "customer_id, amount::DOUBLE, is_return"), key=str) == [
        ("戊", -50, True), ("戊", 50, False), ("甲", 10, False),
    ]  # fmt: skip
