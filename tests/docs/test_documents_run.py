"""What the documents show is run as a reader would run it: commands, files and Python, in order, in one folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?P<before>[^\n]*)\n*```(?P<kind>console|python|yaml)\n(?P<text>.*?)```", re.DOTALL)
PROGRAM = Path(sys.executable).with_name("worthbook")
SMALL = ["--customers", "400"]


def run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}\n{done.stderr}"


def run_commands(text: str, folder: Path) -> None:
    for line in text.splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words and Path(words[0]).name == "worthbook" and "orders.csv" not in words:
            run([str(PROGRAM), *words[1:], *(SMALL if words[1] == "demo" else [])], folder)


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
                run([sys.executable, "-c", block["text"]], folder)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    run([str(PROGRAM), "demo", *SMALL], folder)
    return folder


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md", "docs/lifetime.md", "docs/change.md", "docs/importing.md", "docs/segments.md", "docs/perception/surveys.md", "docs/perception/rivals.md"])
def test_a_document_runs_as_it_is_written(name: str, demo: Path) -> None:
    run_document(ROOT / name, demo)
