from __future__ import annotations

import json
from pathlib import Path

from worthbook.definitions.kept import KeptDocuments
from worthbook.definitions.reader import read_folder

TEXT = """\
population: everyone
title: {en: Everyone, zh: 全体}
description: {en: All., zh: 全部。}
source: Worthbook
table: transactions
"""


def test_what_is_remembered_is_read_as_before(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    kept = tmp_path / "cache" / "kept.json"

    first, second = read_folder(tmp_path, "mine", kept), read_folder(tmp_path, "mine", kept)

    assert (kept.exists(), second.definitions, second.definitions[0].place_of("table")) == (
        True,
        first.definitions,
        first.definitions[0].place_of("table"),
    )


def test_a_changed_file_is_read_again_and_the_old_text_forgotten(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    kept = tmp_path / "kept.json"
    read_folder(tmp_path, "mine", kept)

    (tmp_path / "a.yaml").write_text(TEXT.replace("everyone", "somebody"), encoding="utf-8")

    names = [each.name for each in read_folder(tmp_path, "mine", kept).definitions]
    assert (names, len(json.loads(kept.read_text(encoding="utf-8")))) == (["somebody"], 1)


def test_a_broken_memory_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    kept = tmp_path / "kept.json"
    kept.write_text("[broken", encoding="utf-8")

    assert [each.name for each in read_folder(tmp_path, "mine", kept).definitions] == ["everyone"]


def test_a_memory_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    assert [each.name for each in read_folder(tmp_path, "mine", tmp_path / "file" / "kept.json").definitions] == [
        "everyone"
    ]


def test_files_with_problems_are_not_remembered(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    memory = KeptDocuments(kept)
    memory.read("measure: a\ntitle: [", "mine.yaml")
    memory.save()

    assert not kept.exists()
