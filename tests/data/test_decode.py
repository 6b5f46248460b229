from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.data.decode import TextFile, decode

TEXT = "客户,日期\n春雨,2026-01-02\n"


def decoded(folder: Path, content: bytes) -> TextFile:
    file = folder / "file"
    file.write_bytes(content)
    return decode(file, folder / "copy")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("gbk"), "gb18030"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode("gbk"), "gb18030"),
        (gzip.compress(TEXT.encode("gbk"), mtime=0), "gb18030"),
    ],
)
def test_every_encoding_and_line_end_comes_out_alike(tmp_path: Path, content: bytes, encoding: str) -> None:
    found = decoded(tmp_path, content)
    assert (found.path.read_text(encoding="utf-8"), found.encoding) == (TEXT, encoding)


def test_a_file_that_needs_nothing_is_not_copied(tmp_path: Path) -> None:
    assert decoded(tmp_path, TEXT.encode()).path == tmp_path / "file"


def test_a_line_end_between_two_chunks_is_one_line_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worthbook.data.decode._CHUNK", 4)
    assert decoded(tmp_path, b"abc\r\ndef\r\rg\r\n").path.read_bytes() == b"abc\ndef\n\ng\n"


@given(st.text(alphabet=st.characters(codec="gb18030", exclude_characters="\0"), min_size=1))
def test_whatever_gb18030_can_say_is_read(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    text = f"客户,日期\n{words}\n".replace("\r\n", "\n").replace("\r", "\n")
    folder = tmp_path_factory.mktemp("words")
    assert decoded(folder, text.encode("gb18030")).path.read_bytes().decode() == text
