"""Each house rule finds the fault that it is there for, and the project itself keeps them all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools import checks


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small repository that keeps every rule."""
    write(tmp_path, "Makefile", "demo: ## show it\n")
    write(tmp_path, "README.md", "Run `make demo`, then read [the plan](docs/plan.md).\n")
    write(tmp_path, "docs/plan.md", "Back to [the start](../README.md#worthbook).\n")
    write(tmp_path, "requirements.txt", "duckdb==1.0 ; python_version > '3' \\\n    --hash=sha256:00\n")
    write(tmp_path, "src/worthbook/__init__.py", "VERSION = 1\n")
    write(tmp_path, "src/worthbook/kernel/__init__.py", '"""The kernel."""\n')
    write(tmp_path, "src/worthbook/kernel/period.py", "import datetime\nfrom worthbook.kernel import errors\n")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def problems(root: Path) -> list[str]:
    return [problem for rule in checks.RULES for problem in rule(root)]


def test_a_good_house_has_no_problems(house: Path) -> None:
    assert problems(house) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("src/worthbook/data/ingest.py", "x = 1\n" * 401, "src/worthbook/data/ingest.py: 401 lines"),
        (
            "src/worthbook/data/ingest.py",
            "\n\ndef read():\n" + "    x = 1\n" * 60,
            "src/worthbook/data/ingest.py:3: read has 61 lines",
        ),
        ("src/worthbook/data/utils.py", "", "src/worthbook/data/utils.py: name the module"),
        ("src/worthbook/helpers/names.py", "", "src/worthbook/helpers/names.py: name the module"),
        ("src/worthbook/data/__init__.py", '"""Door."""\nx = 1\n', "src/worthbook/data/__init__.py:2: move the code"),
        ("src/worthbook/kernel/units.py", "import numpy.linalg\n", "units.py:1: kernel may not import numpy.linalg"),
        ("src/worthbook/kernel/units.py", "from worthbook.data import book\n", "may not import worthbook.data"),
        ("src/worthbook/data/ingest.py", "import worthbook\n", "ingest.py:1: import the module that you need"),
        (
            "src/worthbook/data/ingest.py",
            "from worthbook import open\n",
            "ingest.py:1: import the module that you need",
        ),
        ("pip.conf", "[global]\nindex-" + "url = x\n", "pip.conf:2: 'index-"),
        ("requirements.txt", "duckdb>=1.0\n", "requirements.txt: duckdb>=1.0 is not locked"),
        ("requirements.txt", "duckdb @ https" + "://example.com/a.whl --hash=sha256:00\n", "holds an address"),
        ("README.md", "See [the map](docs/map.md).\n", "README.md:1: there is no docs/map.md"),
        ("docs/plan.md", "Run `make tea`.\n", "docs/plan.md:1: there is no `make tea`"),
    ],
)
def test_a_fault_is_found(house: Path, name: str, text: str, expected: str) -> None:
    write(house, name, text)

    assert expected in "\n".join(problems(house))


@pytest.mark.parametrize("rule", checks.RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_its_rules(rule: checks.Rule) -> None:
    assert list(rule(checks.ROOT)) == []
