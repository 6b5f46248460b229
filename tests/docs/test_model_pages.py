"""The Python on the pages of models is run as a reader would run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.test_documents_run import ROOT, run_document

PAGES = [
    path.name for path in sorted((ROOT / "docs" / "models").glob("*.md")) if "```python" in path.read_text("utf-8")
]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_as_it_is_written(name: str, tmp_path: Path) -> None:
    run_document(ROOT / "docs" / "models" / name, tmp_path)
