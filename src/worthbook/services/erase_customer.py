"""Erase a customer from a book: every table, rejected lines, kept evaluations, merges and the files from before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.erase import erase, finish
from worthbook.data.erasures import Erasure, id_hash, read_erasures
from worthbook.data.merges import read_decisions
from worthbook.kernel.language import Language, Text
from worthbook.kernel.whole import replacing
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import NO_SUCH_CUSTOMER, meant
from worthbook.services.open_book import open_book
from worthbook.services.render_report import OUTPUTS

PROOFS = "erasures"
"""The folder of a book with the proofs, as JSON."""

_DONE = Text(
    en="The customer was erased. Rows removed: {rows}. Files of tables written anew: {files}; other files deleted or "
    "written anew: {others}.",
    zh="已删除该客户：移除{rows}行，重写数据表文件{files}个，另删除或重写其他文件{others}个。",
)
_TABLE = Text(en="  {table}: {rows}", zh="  {table}：{rows}行")
_PROOF = Text(
    en="The proof holds no personal data: {path}. Lines of this customer in later imports are skipped.",
    zh="删除凭证（不含个人信息）：{path}。以后导入时，该客户的数据行将被跳过。",
)
_COPIES = Text(
    en="Not reached: the files that were imported, and reports and lists that were written outside the book.",
    zh="未处理：原始导入文件，以及写在账簿文件夹以外的报告和名单。",
)


@dataclass(frozen=True)
class Erased:
    """What was done, and the proof of it."""

    erasure: Erasure
    proof: Path
    others: int
    """Files of kept evaluations, reports, lists and older versions that were deleted or written anew."""

    def say(self, language: Language) -> str:
        """The proof in words."""
        proof = self.erasure
        lines = [_DONE.format(rows=sum(proof.tables.values()), files=proof.files, others=self.others)]
        lines += [_TABLE.format(table=table, rows=rows) for table, rows in proof.tables.items()]
        lines += [_PROOF.format(path=self.proof), _COPIES]
        return "\n".join(line.say(language) for line in lines)

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {**self.erasure.as_json(), "other_files": self.others, "proof": str(self.proof)}


def erase_customer(folder: Path | None, customer_id: str, *, why: str = "") -> Erased:
    """Remove a customer, with all ids that were merged, from everything that the book holds.

    Raises:
        WorthbookError: customer-not-in-book.
    """
    with open_book(find_book(folder)) as opened:
        book = opened.book
        ids = read_decisions(book).members(meant(opened, customer_id))
        others = sum(_deleted(book.folder / name) for name in OUTPUTS)
        others += opened.store.drop_naming(ids)
        erasure = erase(book, opened.catalogue.tables, ids, why)
        history = book.history()
        if history.purge_due:
            if erasure is None:  # erased by a process that was killed before it could finish
                known = read_erasures(book, history)
                erasure = next((each for each in known if id_hash(each.salt, customer_id) in each.id_hashes), None)
            others += finish(book)
        if erasure is None:
            raise NO_SUCH_CUSTOMER(customer=customer_id)
        proof = book.folder / PROOFS / f"{erasure.erasure_id}.json"
        with replacing(proof) as place:
            told = {**erasure.as_json(), "other_files": others}
            place.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return Erased(erasure, proof, others)


def _deleted(path: Path) -> int:
    there = path.exists()
    path.unlink(missing_ok=True)
    return int(there)
