"""Text files as people have them, made into UTF-8 with one kind of line end, which DuckDB and our own count rely on."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from worthbook.kernel.errors import Fault, Place, WorthbookError
from worthbook.kernel.language import Text

FILE_MISSING = Fault(
    "file-missing",
    what=Text(en="There is no file {file}.", zh="找不到文件 {file}。"),
    hint=Text(en="Check the path.", zh="请检查路径是否正确。"),
)
FILE_IS_FOLDER = Fault(
    "file-is-folder",
    what=Text(en="{file} is a folder, not a file.", zh="{file} 是文件夹，不是文件。"),
    hint=Text(en="Name one of the files in it.", zh="请指定其中的某个文件。"),
)
FILE_EMPTY = Fault(
    "file-empty",
    what=Text(en="{file} is empty.", zh="{file} 是空文件。"),
    hint=Text(
        en="Export it again; a header line and lines of data are needed.", zh="请重新导出；文件需要有标题行和数据行。"
    ),
)
FILE_NOT_TEXT = Fault(
    "file-not-text",
    what=Text(
        en="{file} is no table that can be read: it holds binary data, a zero byte in line {line}.",
        zh="{file} 不是可读取的表格，内容为二进制数据（第 {line} 行含有零字节）。",
    ),
    hint=Text(
        en="CSV, JSON lines, XLSX, XLS, ODS and Parquet are read; save it as one of these. A text file must not hold "
        "zero bytes: export it again, or remove them.",
        zh="可读取 CSV、JSON Lines、XLSX、XLS、ODS 和 Parquet，请另存为其中一种。"
        "文本文件不应含有零字节，请重新导出或将其删除。",
    ),
)
FILE_DAMAGED = Fault(
    "file-damaged",
    what=Text(en="{file} is damaged or not complete: {reason}.", zh="{file} 已损坏或不完整：{reason}。"),
    hint=Text(en="Export or download it again.", zh="请重新导出或下载。"),
)
ENCODING_UNKNOWN = Fault(
    "encoding-unknown",
    what=Text(
        en="Line {line} of {file} is neither UTF-8 nor GB18030 (GBK).",
        zh="{file} 第 {line} 行既不是 UTF-8 编码，也不是 GB18030（GBK）编码。",
    ),
    hint=Text(en="Save the file as CSV UTF-8 and try again.", zh="请将文件另存为“CSV UTF-8”后重试。"),
)
ENCODING_BROKEN = Fault(
    "encoding-broken",
    what=Text(
        en="{file} is UTF-8, but line {line} holds bytes that are not.",
        zh="{file} 为 UTF-8 编码，但第 {line} 行含有无效字节。",
    ),
    hint=Text(en="Correct that line, or export the file again.", zh="请修正该行，或重新导出文件。"),
)

ARCHIVE_TOO_LARGE = Fault(
    "archive-too-large",
    what=Text(
        en="{file} would be more than {times} times as large unpacked; such an archive is meant to fill a disk.",
        zh="{file} 解压后将超过原大小的 {times} 倍，疑似压缩炸弹。",
    ),
    hint=Text(
        en="Unpack it yourself if you trust it, and import the files.", zh="如确认可信，请自行解压后导入其中的文件。"
    ),
)
_CHUNK = 1 << 20
_LARGE = 8 << 20
"""Work that goes on beside other work waits between pieces, so these are large."""
_HEAD = 1 << 16
_CERTAIN = 10
"""So many characters beyond ASCII that are right in UTF-8 are no accident: a later error is damage to the file."""
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
PARQUET_MAGIC = b"PAR1"
GZIP_MAGIC = b"\x1f\x8b"

TIMES = 200
"""So many times its size a file may grow; text of orders grows five to twenty times."""
HARMLESS = 64 << 20
"""Whatever its ratio, a file of so many bytes does no harm."""

READ_AS = Text(en="The file was read as {name}.", zh="文件按 {name} 编码读取。")
_NAMES = {"gb18030": "GB18030 (GBK)", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_UTF16_ZEROS = 0.3
_UTF16_CLEAR = 20
"""Text in UTF-16 has so many zeros among its high bytes, and so many times fewer among its low ones."""


@dataclass(frozen=True)
class TextFile:
    """A text file that is UTF-8 without a byte order mark, with one line feed between lines."""

    path: Path
    """The file itself where it was so already, else a copy."""
    encoding: str

    @property
    def note(self) -> Text | None:
        """What to say of its encoding; nothing where it was UTF-8."""
        name = _NAMES.get(self.encoding)
        return None if name is None else READ_AS.format(name=name)


def check_there(file: Path) -> None:
    """Raise Fault `file-missing` or `file-is-folder` where there is nothing to read."""
    if file.is_dir():
        raise FILE_IS_FOLDER(file=file)
    if not file.exists():
        raise FILE_MISSING(file=file)


def fingerprint_of(file: Path) -> str:
    """SHA-256 of a file's bytes; Fault `file-missing` or `file-is-folder` where there is nothing to read."""
    check_there(file)
    digest = hashlib.sha256()
    piece = memoryview(bytearray(_LARGE))
    with file.open("rb", buffering=0) as stream:
        while read := stream.readinto(piece):
            digest.update(piece[:read])
    return digest.hexdigest()


def is_parquet(file: Path) -> bool:
    """Whether it begins as Parquet files do."""
    with file.open("rb") as stream:
        return stream.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC


def check_growth(file: Path, size: int) -> None:
    """Refuse what grows beyond all measure; `size` is what was unpacked of it so far.

    Raises:
        WorthbookError: archive-too-large.
    """
    if size > HARMLESS and size > TIMES * file.stat().st_size:
        raise ARCHIVE_TOO_LARGE(file=file.name, times=TIMES)


def decode(file: Path, copy: Path) -> TextFile:
    """Read a text file, compressed by gzip or not, whatever its encoding and line ends; `copy` is written where needed.

    Raises:
        WorthbookError: file-empty, file-not-text, file-damaged, encoding-unknown or encoding-broken.
    """
    try:
        with file.open("rb") as stream:
            zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        return _decode(file, copy, zipped=zipped)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FILE_DAMAGED(file=file.name, reason=str(error).rstrip(".")) from None


def _decode(file: Path, copy: Path, *, zipped: bool) -> TextFile:
    head = next(_chunks(file, zipped=zipped), b"")[:_HEAD]
    if not head.strip():
        raise FILE_EMPTY(file=file.name)
    encoding = next((name for bom, name in _BOMS.items() if head.startswith(bom)), None) or _unmarked_utf16(head)
    if not (encoding or "").startswith("utf-16") and b"\0" in head:
        raise _binary(file, [head])
    plain = False
    if encoding is None:
        encoding, plain = _utf8_or_gb18030(file, zipped=zipped)
    if plain and not zipped:
        return TextFile(file, encoding)
    with copy.open("wb") as stream:
        try:
            for piece in _normalised(_chunks(file, zipped=zipped), encoding):
                if b"\0" in piece:
                    raise _binary(file, _normalised(_chunks(file, zipped=zipped), encoding))
                stream.write(piece)
        except UnicodeDecodeError:
            line = _first_bad_line(file, zipped=zipped)
            raise ENCODING_UNKNOWN(Place(str(file), line), file=file.name, line=line) from None
    return TextFile(copy, encoding)


def _binary(file: Path, pieces: Iterable[bytes]) -> WorthbookError:
    """What to raise of a file with a zero byte, with the line in which it stands."""
    line = 1
    for piece in pieces:
        before, zero, _ = piece.partition(b"\0")
        line += before.count(b"\n")
        if zero:
            break
    return FILE_NOT_TEXT(Place(str(file), line), file=file.name, line=line)


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte of Latin letters, signs and digits is 0."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most < _UTF16_ZEROS * len(head) / 2 or least > most / _UTF16_CLEAR:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _chunks(file: Path, *, zipped: bool) -> Iterator[bytes]:
    with cast("IO[bytes]", gzip.open(file, "rb")) if zipped else file.open("rb") as stream:
        size = 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if zipped:
                check_growth(file, size)
            yield chunk


def _utf8_or_gb18030(file: Path, *, zipped: bool) -> tuple[str, bool]:
    """The encoding, and whether the bytes can be read as they are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    plain, beyond_ascii, before = True, 0, 0
    pending = b""
    for chunk in _chunks(file, zipped=zipped):
        if b"\0" in chunk:
            raise _binary(file, _chunks(file, zipped=zipped))
        plain = plain and b"\r" not in chunk
        if not pending and chunk.isascii():
            before += len(chunk)
            continue
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            good = (pending + chunk)[: error.start]
            beyond_ascii += len(good) - len(good.decode("utf-8", "ignore").encode("ascii", "ignore"))
            if beyond_ascii >= _CERTAIN:
                line = 1 + _line_feeds(file, before - len(pending) + error.start, zipped=zipped)
                raise ENCODING_BROKEN(Place(str(file), line), file=file.name, line=line) from None
            return "gb18030", False
        pending = decoder.getstate()[0]
        before += len(chunk)
        beyond_ascii += 0 if text.isascii() else len(chunk) - len(text)
    if pending:
        raise FILE_DAMAGED(file=file.name, reason=Text(en="it ends inside a character", zh="文件在字符中间截断"))
    return "utf-8", plain


def _line_feeds(file: Path, size: int, *, zipped: bool) -> int:
    """How many line feeds are among the first bytes of a file."""
    found = 0
    for chunk in _chunks(file, zipped=zipped):
        found += chunk.count(b"\n", 0, max(size, 0))
        size -= len(chunk)
    return found


def _normalised(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The same text as UTF-8 with line feeds for line ends."""
    decoder = codecs.getincrementaldecoder(encoding)()
    held = b""
    for chunk in chunks:
        piece = held + decoder.decode(chunk).encode()
        held = b"\r" if piece.endswith(b"\r") else b""  # its \n may come with the next chunk
        yield _one_line_end(piece[: len(piece) - len(held)])
    yield _one_line_end(held + decoder.decode(b"", final=True).encode())


def _one_line_end(piece: bytes) -> bytes:
    return piece if b"\r" not in piece else piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _first_bad_line(file: Path, *, zipped: bool) -> int:
    """Where a file that is not GB18030 goes wrong."""
    rest = b""
    line = 1
    for chunk in _chunks(file, zipped=zipped):
        *lines, rest = (rest + chunk).split(b"\n")
        for each in lines:
            if not _is_gb18030(each):
                return line
            line += 1
    return line


def _is_gb18030(line: bytes) -> bool:
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
