"""Engines are chosen by name, and say what is missing."""

from __future__ import annotations

import gc
import importlib.util
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from worthbook.data.engines import start
from worthbook.kernel.errors import WorthbookError


def test_duckdb_by_name() -> None:
    with closing(start("duckdb", memory_limit="1GB", threads=1)) as engine:
        assert engine.label.startswith("duckdb ")


def test_an_engine_that_is_forgotten_leaves_no_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    start("duckdb")
    gc.collect()

    assert list(tmp_path.iterdir()) == []


def test_an_unknown_engine() -> None:
    with pytest.raises(WorthbookError) as raised:
        start("duckbd")

    assert raised.value.say("en") == "[engine-unknown] There is no engine 'duckbd'.\n  hint: Did you mean 'duckdb'?"


def test_spark_without_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(WorthbookError) as raised:
        start("spark")

    assert raised.value.say("en") == (
        "[spark-missing] This book runs on Spark, but something that Spark needs is missing: pyspark, pyarrow.\n"
        "  hint: Install the extra with `pip install 'worthbook[spark]'` and Java 17 or newer, or write "
        '`engine = "duckdb"` in book.toml.'
    )


def test_spark_without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(WorthbookError, match="something that Spark needs is missing: Java"):
        start("spark")
