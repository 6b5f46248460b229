"""A file that an earlier import read another way, so that its lines would count twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from worthbook.data.by_hand import BY_HAND
from worthbook.data.history import History, ImportRecord
from worthbook.data.recognition import Recognition
from worthbook.data.source import Source
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import fingerprint

READ_BEFORE = Text(
    en="The same file was imported before, read as {mapping}; what both read counts twice where lines have no number "
    "of their own. If this is to replace it, take it back: worthbook undo {import_id}",
    zh="同一文件此前已按 {mapping} 导入；各行如无自身编号，两次读取的内容会重复计入。如本次用于替换，请撤回先前的导入："
    "worthbook undo {import_id}",
)


def content_of(hashes: Sequence[str], mapping: str, pairs: Sequence[str] = ()) -> str:
    """What the ledger calls a file that is read by a mapping.

    By the mapping's name: the same file adds nothing either where the mapping has become another meanwhile.
    """
    return fingerprint([*hashes, mapping, *pairs])


def with_warning(recognition: Recognition, history: History, hashes: Sequence[str], source: Source) -> Recognition:
    """The same, with a note where an earlier import read this file by another mapping into one of the same tables."""
    fed = {feed.table for feed in recognition.mapping.feeds}
    for each in reversed(history.visible):
        if fed & each.tables.keys() and _is_of(each, hashes, source):
            note = READ_BEFORE.format(mapping=each.mapping, import_id=each.import_id)
            return replace(recognition, notes=(*recognition.notes, note))
    return recognition


def _is_of(record: ImportRecord, hashes: Sequence[str], source: Source) -> bool:
    """Whether an import read these bytes; of one by hand the ledger does not say the columns, so its name tells."""
    if record.mapping == BY_HAND:
        return (record.file, record.read) == (source.file.name, source.read)
    return record.content == content_of(hashes, record.mapping)
