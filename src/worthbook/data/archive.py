"""Zip files: what is in them is unpacked under names of our own, and no further than a limit.

The limit is on what is really written, not on what the archive says of itself, so that a bomb never fills a disk.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from worthbook.data.decode import FILE_DAMAGED, check_growth
from worthbook.kernel.errors import Fault, WorthbookError
from worthbook.kernel.language import Text

ARCHIVE_OF_SEVERAL = Fault(
    "archive-of-several",
    what=Text(en="{file} holds {count} files.", zh="{file} 中有 {count} 个文件。"),
    hint=Text(
        en="`worthbook ingest {file}` imports all of them; here name one that you unpacked.",
        zh="`worthbook ingest {file}` 可全部导入；此处请解压后指定其中一个。",
    ),
)
ARCHIVE_EMPTY = Fault(
    "archive-empty",
    what=Text(en="{file} holds no files.", zh="{file} 中没有文件。"),
    hint=Text(en="Export it again.", zh="请重新导出。"),
)
ARCHIVE_LOCKED = Fault(
    "archive-locked",
    what=Text(en="{file} is protected by a password.", zh="{file} 设有密码保护。"),
    hint=Text(en="Unpack it with the password, and import what is in it.", zh="请用密码解压后导入其中的文件。"),
)

ZIP_MAGIC = b"PK\x03\x04"
_EMPTY_MAGIC = b"PK\x05\x06"
"""An archive of no files is nothing but its end."""
_CHUNK = 1 << 20
_ENCRYPTED = 1


def is_zip(file: Path) -> bool:
    """Whether it begins as zip files do; workbooks do so as well."""
    with file.open("rb") as stream:
        return stream.read(len(ZIP_MAGIC)) in {ZIP_MAGIC, _EMPTY_MAGIC}


def is_archive(file: Path) -> bool:
    """Whether a zip file is one of files, not a workbook."""
    names = set(_names(file))
    return not names & {"[Content_Types].xml", "content.xml"}


def unpack(file: Path, folder: Path) -> tuple[Path, ...]:
    """The files of an archive, each in a folder of its own, in the order of their names; what a Mac adds is left out.

    Raises:
        WorthbookError: file-damaged, archive-too-large, archive-locked, archive-empty.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            wanted = [each for each in archive.infolist() if _holds_data(each)]
            if any(each.flag_bits & _ENCRYPTED for each in wanted):
                raise ARCHIVE_LOCKED(file=file.name)
            if not wanted:
                raise ARCHIVE_EMPTY(file=file.name)
            found, size = [], 0
            for number, each in enumerate(sorted(wanted, key=lambda one: one.filename)):
                # Whatever path the archive asks for, only the last part of it is used, in a folder that we choose.
                place = folder / f"unpacked-{number}" / (PurePosixPath(each.filename.replace("\\", "/")).name or "file")
                place.parent.mkdir(parents=True)
                with archive.open(each) as stream:
                    size = _write(file, stream, place, size)
                found.append(place)
            return tuple(found)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise FILE_DAMAGED(file=file.name, reason=str(error).rstrip(".")) from None


@contextmanager
def named_within(file: Path, member: Path) -> Iterator[None]:
    """Have what is wrong with an unpacked member told under its name in the archive, not under ours."""
    try:
        yield
    except WorthbookError as error:
        raise error.at(str(member), f"{file}/{member.name}") from None


def only_member(file: Path, folder: Path) -> Path:
    """The one file of an archive.

    Raises:
        WorthbookError: what `unpack` finds, archive-of-several.
    """
    found = unpack(file, folder)
    if len(found) > 1:
        raise ARCHIVE_OF_SEVERAL(file=file.name, count=len(found))
    return found[0]


def _names(file: Path) -> Iterator[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield from archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise FILE_DAMAGED(file=file.name, reason=str(error).rstrip(".")) from None


def _holds_data(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    return not (member.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts)


def _write(file: Path, stream: IO[bytes], place: Path, size: int) -> int:
    with place.open("wb") as target:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            check_growth(file, size)
            target.write(chunk)
    return size
