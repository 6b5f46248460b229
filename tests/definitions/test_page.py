"""The page about definitions tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

from worthbook.planning.index import read_catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "definitions.md"


def test_the_example_of_the_page_holds(tmp_path: Path) -> None:
    example, *_ = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "mine.yaml").write_text(example, encoding="utf-8")

    catalogue = read_catalogue(tmp_path)

    assert [(name, catalogue.measures[name].title.zh) for name in ("half_revenue_lifetime", "revenue_12m")] == [
        ("half_revenue_lifetime", "累计半数收入"),
        ("revenue_12m", "近12个月门店收入"),
    ]
