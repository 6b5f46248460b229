"""The import contracts catch what they are there for: each test breaks one in a copy of the package."""

from __future__ import annotations

import configparser
import itertools
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.checks import ROOT

PACKAGE = ROOT / "src" / "worthbook"
DATA_ONLY = {"catalogue"}
IMPORT_NAMES = {
    "pylopdf-fonts-zh-cn": "pylopdf_fonts_zh_cn",
    "python-calamine": "python_calamine",
    "ruamel.yaml": "ruamel",
    "scikit-learn": "sklearn",
    "vl-convert-python": "vl_convert",
}


def lint_imports(source: Path) -> subprocess.CompletedProcess[str]:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", script, "--config", str(ROOT / ".importlinter"), "--no-cache"],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package's skeleton: its folders without their modules, so that a test sees its own import alone."""
    for door in PACKAGE.rglob("__init__.py"):
        target = tmp_path / "worthbook" / door.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("kernel/bad.py", "import worthbook.services", "Floors"),
        ("data/bad.py", "from worthbook import models", "Floors"),
        ("pantry/__init__.py", "", "Floors"),
        ("planning/bad.py", "import duckdb", "Only data/"),
        ("models/bad.py", "from ruamel.yaml import YAML", "models/ and scoring/"),
        ("kernel/bad.py", "def late():\n    import numpy", "kernel/"),
        ("cli/bad.py", "from worthbook.data import engine", "Faces"),
        ("services/bad.py", "import worthbook.catalogue", "The catalogue"),
    ],
)
def test_a_wrong_import_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / "worthbook" / module
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n", encoding="utf-8")

    result = lint_imports(copy)

    broken = [each for each in result.stdout.splitlines() if each.rstrip().endswith("BROKEN")]
    assert result.returncode == 1, result.stdout + result.stderr
    assert [each.startswith(contract) for each in broken].count(True) == 1, broken


def test_a_loop_is_caught_even_for_types_alone(copy: Path) -> None:
    lines = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import worthbook.data.{}\n"
    for here, there in [("one", "two"), ("two", "one")]:
        (copy / "worthbook" / "data" / f"{here}.py").write_text(lines.format(there), encoding="utf-8")

    result = lint_imports(copy)

    assert "No loops: packages of one folder do not know each other in a circle BROKEN" in result.stdout


def test_the_skeleton_keeps_the_contracts(copy: Path) -> None:
    result = lint_imports(copy)

    assert result.returncode == 0, result.stdout + result.stderr


def contract(name: str) -> dict[str, set[str]]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return {key: set(value.split()) for key, value in parser[f"importlinter:contract:{name}"].items()}


def test_the_engine_contract_names_every_other_floor() -> None:
    floors = {each.parent.name for each in PACKAGE.glob("*/__init__.py")} - DATA_ONLY

    assert contract("engines")["source_modules"] == {f"worthbook.{floor}" for floor in floors - {"data"}}


def test_the_kernel_contract_names_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(itertools.chain(project["dependencies"], *project["optional-dependencies"].values()))
    names = {each.split(">")[0].split("=")[0] for each in wanted}

    assert contract("kernel")["forbidden_modules"] == {IMPORT_NAMES.get(name, name) for name in names}
