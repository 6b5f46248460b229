"""What the documents show is run as a reader would run it: commands, files and Python, in order, in one folder.

The first command is run by the installed program, in a process; all others in this one, which has loaded it already.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from worthbook.cli.main import app

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?P<before>[^\n]*)\n*```(?P<kind>console|python|yaml)\n(?P<text>.*?)```", re.DOTALL)
PROGRAM = Path(sys.executable).with_name("worthbook")
SMALL = ["--customers", "400"]


def run(words: list[str], folder: Path) -> None:
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, f"{shlex.join(words)}\n{done.output}\n{done.exception!r}"


def run_commands(text: str, folder: Path) -> None:
    for line in text.splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words and Path(words[0]).name == "worthbook" and "orders.csv" not in words:
            run([*words[1:], *(SMALL if words[1] == "demo" else [])], folder)


def run_python(text: str, folder: Path) -> None:
    with contextlib.chdir(folder):
        exec(text, {"__name__": "__main__"})  # noqa: S102 - our own documents


def run_document(path: Path, folder: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        match block["kind"]:
            case "console":
                run_commands(block["text"], folder)
            case "yaml":
                (named,) = re.findall(r"`([^`]+\.yaml)`", block["before"])
                file = folder / named
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block["text"], encoding="utf-8")
            case "python":
                run_python(block["text"], folder)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    done = subprocess.run([PROGRAM, "demo", *SMALL], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "docs/tutorial.md",
        "docs/lifetime.md",
        "docs/change.md",
        "docs/importing.md",
        "docs/segments.md",
        "docs/perception/surveys.md",
        "docs/perception/rivals.md",
    ],
)
def test_a_document_runs_as_it_is_written(name: str, demo: Path) -> None:
    run_document(ROOT / name, demo)
