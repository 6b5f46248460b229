from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from worthbook.data.tabular import write_csv


def written(tmp_path: Path, **columns: np.ndarray) -> str:
    file = tmp_path / "orders.csv"
    write_csv(columns, file)
    return file.read_text(encoding="utf-8")


def test_numbers_are_written_as_they_are(tmp_path: Path) -> None:
    assert written(tmp_path, amount=np.array([19.9, -120.0]), quantity=np.array([1, -2])) == (
        "amount,quantity\n19.9,1\n-120.0,-2\n"
    )


def test_chinese_and_commas_survive(tmp_path: Path) -> None:
    assert written(tmp_path, name=np.array(["绿茶, 特级", '6" 盖碗'])) == 'name\n"绿茶, 特级"\n"6"" 盖碗"\n'


def test_the_same_columns_give_the_same_bytes(tmp_path: Path) -> None:
    day = np.datetime64("2026-06-30") - np.arange(300_000) % 1000
    assert written(tmp_path, day=day) == written(tmp_path, day=day)


def test_rows_keep_their_order(tmp_path: Path) -> None:
    number = np.arange(300_000)
    assert written(tmp_path, number=number) == "number\n" + "".join(f"{each}\n" for each in number)


def test_nothing_is_left_behind_on_failure(tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error):
        write_csv({"two": np.array([1, 2]), "three": np.array([1, 2, 3])}, tmp_path / "orders.csv")
    assert list(tmp_path.iterdir()) == []
