"""What an evaluation writes shows nobody's number, address or name unless that is asked for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import pytest

from tests.services.people import people_book
from worthbook.data.merges import Pair
from worthbook.services.duplicates import accept, list_duplicates, list_merges
from worthbook.services.evaluate import evaluate_files
from worthbook.services.explain_column import explain_in_book
from worthbook.services.ingest_files import ingest_files

ORDERS = "".join(
    f"{each},2026-0{month}-1{day},{day}5\n"
    for month in range(1, 6)
    for day, each in enumerate(("li@example.com", "18600000505", "王小明", "C00017"), start=1)
)
PERSONAL = ("li@example.com", "18600000505", "王小明")


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("personal") / "orders.csv"
    file.write_text(f"customer_id,date,amount\n{ORDERS}", encoding="utf-8")
    return file


def written(folder: Path) -> dict[str, str]:
    """Output → everything that can be read in it."""
    with zipfile.ZipFile(folder / "customers.xlsx") as archive:
        workbook = " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    rows = duckdb.execute(f"SELECT * FROM read_parquet('{folder / 'customers.parquet'}')").fetchall()
    texts = {name: (folder / name).read_text(encoding="utf-8-sig") for name in ("report.html", "customers.csv")}
    return {**texts, "customers.xlsx": workbook, "customers.parquet": repr(rows)}


def test_outputs_mask_them_and_explain_takes_what_is_shown(orders: Path, tmp_path: Path) -> None:
    book = tmp_path / "shop.book"
    evaluate_files([orders], folder=book, to=tmp_path / "out")
    found = written(tmp_path / "out")
    assert {name for name, text in found.items() for each in PERSONAL if each in text} == set()
    lists = [text for name, text in found.items() if name != "report.html"]
    assert all("C00017" in text and "l***@e***~" in text and "186***05~" in text for text in lists)
    shown = next(line.split(",")[0] for line in found["customers.csv"].splitlines() if line.startswith("l***"))
    explained = explain_in_book(book, "revenue_lifetime", shown, show_personal=False)
    assert (explained.customer_id, explained.node.value) == (shown, 75)
    assert "li@example.com" not in explained.say("en") + str(explained.as_json())
    assert "li@example.com" in explain_in_book(book, "revenue_lifetime", shown).say("en")

    evaluate_files([book], frameworks=["activity"], to=tmp_path / "plain", show_personal=True)
    plain = written(tmp_path / "plain")
    assert all(each in plain[name] for name in plain if name != "report.html" for each in PERSONAL)


def test_the_list_of_duplicates_masks_them(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date,amount\n18600000505,2026-01-02,5\n+86 18600000505,2026-01-03,6\n")
    ingest_files([file], tmp_path / "b")
    (pair,) = list_duplicates(tmp_path / "b", show_personal=False).found.pairs
    assert {pair.one[:8], pair.other[:8]} == {"+86***05", "186***05"}


def test_decisions_on_duplicates_mask_ids_unless_asked(tmp_path: Path) -> None:
    home = people_book(tmp_path, "13900139000,Ann,,,,,\nA2,Ann,,,,,\n")
    shown = [accept(home, ["13900139000", "A2"], show_personal=False), list_merges(home, show_personal=False)]
    assert {each.decisions[0].pair.merged_id[:7] for each in shown} == {"139***0"}
    assert list_merges(home).decisions[0].pair == Pair("13900139000", "A2")
