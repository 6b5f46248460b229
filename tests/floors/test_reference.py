"""The reference pages are made from the program."""

from __future__ import annotations

from pathlib import Path

from tools import reference


def test_the_page_of_errors_has_both_languages() -> None:
    page = reference.errors_page()

    assert "## window-unreadable\n\n'{text}' is not a window." in page
    assert "“{text}”不是有效的时间窗口。" in page


def test_pages_that_are_missing_or_differ_are_out_of_date(tmp_path: Path) -> None:
    (tmp_path / "same.md").write_text("text\n", encoding="utf-8")
    (tmp_path / "other.md").write_text("old text\n", encoding="utf-8")

    pages = {"same.md": "text\n", "other.md": "text\n", "missing.md": "text\n"}

    assert reference.outdated(tmp_path, pages) == ["other.md", "missing.md"]
