from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from worthbook.cli.main import app

ANSWERS = "id,nps\n" + "".join(f"{number},{10 - number % 5}\n" for number in range(60))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS, encoding="utf-8")
    return path


def test_a_score_answers_programs(file: Path) -> None:
    found = json.loads(CliRunner().invoke(app, ["survey", "nps", str(file), "--json"]).output)

    assert (found["instrument"], found["overall"][0]["respondents"], found["facts"]["score"]) == ("nps", 60, 20.0)


def test_a_score_speaks_chinese_and_is_written_as_a_page(file: Path, tmp_path: Path) -> None:
    page = tmp_path / "nps.html"
    done = CliRunner().invoke(app, ["survey", "score", str(file), "-l", "zh", "--to", str(page)])

    assert (done.exit_code, "净推荐值为20" in done.output) == (0, True)
    assert "<svg" in page.read_text(encoding="utf-8")
    assert "0至10分的答案分布" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("score", ["--cut", "mode"]),
        ("kano", ["--rule", "most"]),
        ("kano", ["--table", "x"]),
        ("servqual", ["--sums", "x"]),
    ],
)
def test_a_word_that_an_option_does_not_know_is_refused(file: Path, command: str, option: list[str]) -> None:
    assert CliRunner().invoke(app, ["survey", command, str(file), *option]).exit_code == 2


def test_what_is_wrong_with_a_file_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["survey", "score", str(tmp_path / "no.csv"), "--json"])

    assert (done.exit_code, json.loads(done.output)["problems"][0]["slug"]) == (1, "file-missing")
