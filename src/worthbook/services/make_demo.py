"""The demonstration: a small tea firm, simulated from known parameters, exported as a shop would, and evaluated."""

from __future__ import annotations

import filecmp
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from worthbook.data.book import Book
from worthbook.data.tabular import write_csv
from worthbook.definitions.own_layout import OWN
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Language, Text
from worthbook.models.company.company import records_of, simulate_company
from worthbook.models.company.surveying import Columns, ask_further
from worthbook.planning.asked import FRAMEWORKS
from worthbook.services.evaluate import Evaluated, evaluate_files
from worthbook.services.import_survey import import_survey
from worthbook.services.ingest_files import book_beside, ingest_files

TITLE = Text(en="Lantern Tea", zh="灯笼茶行")
CURRENCY = "CNY"
ORDERS = "orders.csv"

FOLDER_TAKEN = Fault(
    "demo-folder-taken",
    what=Text(
        en="{folder} already holds the orders of another firm or of another demonstration.",
        zh="{folder} 中已有其他企业或其他演示的订单。",
    ),
    hint=Text(
        en="Choose another folder: worthbook demo --to another-folder",
        zh="请另选一个文件夹：worthbook demo --to 其他文件夹",
    ),
)


def make_demo(
    folder: Path, *, customers: int = 10_000, seed: int = 7, language: Language = "en", full: bool = False
) -> Evaluated:
    """Simulate the firm, write its orders into the folder, and evaluate them there; nothing is fetched from anywhere.

    The same firm in the same folder is not imported twice, and its kept evaluation is found again.

    Args:
        folder: Where the orders, the book and the report go; it is made if it is not there.
        customers: How many customers the firm has.
        seed: The same seed gives the same firm.
        language: In which products, the firm and the report speak.
        full: Write and import all that the firm has on record as well (accounts, costs, complaints, payments, …), and
            report every framework.

    Raises:
        WorthbookError: `demo-too-small`, or `demo-folder-taken` where the folder holds other orders.
    """
    company = simulate_company(customers, seed, language)
    orders = folder / ORDERS
    home = book_beside(orders)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=folder) as desk:
        draft = Path(desk) / ORDERS
        write_csv(company.lines, draft)
        same = orders.exists() and filecmp.cmp(draft, orders, shallow=False)
        if not same and (orders.exists() or home.exists()):
            raise FOLDER_TAKEN(folder=folder)
        draft.replace(orders)
    if not (home / "book.toml").exists():
        Book.create(home, TITLE.say(language), CURRENCY, language)
    _bring_surveys(company.asked.files, folder, home, language)
    if not full:
        return evaluate_files([orders], folder=home, language=language)
    _bring_surveys(ask_further(company.asked, np.random.default_rng([seed, 3])), folder, home, language)
    records = _write(records_of(company, seed, language).files, folder)
    for table, file in records.items():
        ingest_files([file], home, mapping=OWN + table)
    return evaluate_files([orders], folder=home, language=language, report=FRAMEWORKS)


def _write(files: Mapping[str, Columns], folder: Path) -> dict[str, Path]:
    """The records, one file a table; where each lies."""
    for table, columns in files.items():
        write_csv(columns, folder / f"{table}.csv")
    return {table: folder / f"{table}.csv" for table in files}


def _bring_surveys(files: Mapping[str, Columns], folder: Path, home: Path, language: Language) -> None:
    """The answers to each instrument, written beside the orders and imported; known ones are not imported twice."""
    for instrument, columns in files.items():
        file = folder / f"{instrument}.csv"
        write_csv(columns, file)
        import_survey(file, home, instrument=instrument, language=language)
