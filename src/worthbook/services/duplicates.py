"""Customers who appear twice: look at the pairs, merge them or keep them apart, and take a merge back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from worthbook.data import merges
from worthbook.data.duplicates import Candidate, Candidates, find_candidates
from worthbook.data.merges import Action, Decision, Pair, read_decisions
from worthbook.data.rows import known_among
from worthbook.definitions.identity import Evidence, EvidenceKind
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Language, Text
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import NO_SUCH_CUSTOMER, meant, shown
from worthbook.services.open_book import OpenBook, open_book

IDENTITY = "who_is_whom"

NOTHING_TO_MERGE = Fault(
    "duplicates-not-named",
    what=Text(en="Two customers are needed; {count} were named.", zh="需要两位客户，实际给出{count}位。"),
    hint=Text(
        en="Name two ids, or a least score with --above 0.9.", zh="请给出两个客户编号，或用 --above 0.9 指定最低得分。"
    ),
)

_PAIRS = Text(en="Pairs of customers that may be one: {count}", zh="可能为同一客户的有{count}对")
_NONE = Text(en="No two customers look like one.", zh="没有发现可能重复的客户。")
_LINE = Text(en="{score:.2f}  {one} → {other}: {reasons}", zh="{score:.2f}  {one} → {other}：{reasons}")
_BUT = Text(en="; but {reasons}", zh="；但{reasons}")
_CROWD = Text(
    en="Not compared: {keys} values that more than {most} customers share ({kind}; {customers} customers).",
    zh="未比较：有{keys}个取值被超过{most}位客户共用（{kind}，涉及{customers}位客户）。",
)
_HOW = Text(
    en="One customer? `worthbook duplicates accept {one} {other}`. Two? `worthbook duplicates reject {one} {other}`.",
    zh="是同一客户：`worthbook duplicates accept {one} {other}`；不是：`worthbook duplicates reject {one} {other}`。",
)
_DECIDED: Mapping[Action, Text] = {
    "merge": Text(
        en="{merge}  {merged} → {kept}, {who}, {at:%Y-%m-%d %H:%M} UTC{why}",
        zh="{merge}  {merged} → {kept}，{who}，{at:%Y-%m-%d %H:%M} UTC{why}",
    ),
    "part": Text(
        en="{merged} and {kept} are two customers again, {who}, {at:%Y-%m-%d %H:%M} UTC{why}",
        zh="{merged} 与 {kept} 已恢复为两位客户，{who}，{at:%Y-%m-%d %H:%M} UTC{why}",
    ),
    "keep_apart": Text(
        en="{merged} and {kept} are two customers and not listed again, {who}, {at:%Y-%m-%d %H:%M} UTC{why}",
        zh="{merged} 与 {kept} 确认为两位客户，不再列出，{who}，{at:%Y-%m-%d %H:%M} UTC{why}",
    ),
}
_WHY = Text(en=": {why}", zh="：{why}")
_NO_MERGES = Text(en="No customers have been merged.", zh="尚未合并任何客户。")


@dataclass(frozen=True)
class Duplicates:
    """The review list."""

    found: Candidates
    evidence: Mapping[EvidenceKind, Evidence]
    most_in_block: int

    def say(self, language: Language) -> str:
        """One line a pair, most alike first, and what was not compared."""
        if not self.found.pairs:
            return "\n".join([_NONE.say(language), *self._crowds(language)])
        first = self.found.pairs[0]
        lines = [_line(each, self.evidence, language) for each in self.found.pairs]
        how = _HOW.format(one=_quoted(first.one), other=_quoted(first.other)).say(language)
        return "\n".join([_PAIRS.format(count=self.found.count).say(language), *lines, *self._crowds(language), how])

    def _crowds(self, language: Language) -> list[str]:
        return [
            _CROWD.format(keys=each.keys, most=self.most_in_block, customers=each.customers, kind=each.kind).say(
                language
            )
            for each in self.found.crowds
        ]

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "count": self.found.count,
            "pairs": [vars(each) for each in self.found.pairs],
            "not_compared": [vars(each) for each in self.found.crowds],
        }


@dataclass(frozen=True)
class Decided:
    """Decisions that were made or that stand."""

    decisions: tuple[Decision, ...]

    def say(self, language: Language) -> str:
        """One line each."""
        if not self.decisions:
            return _NO_MERGES.say(language)
        return "\n".join(
            _DECIDED[each.action]
            .format(
                merge=each.decision_id,
                merged=each.pair.merged_id,
                kept=each.pair.customer_id,
                who=each.who,
                at=each.at,
                why=_WHY.format(why=each.why).say(language) if each.why else "",
            )
            .say(language)
            for each in self.decisions
        )

    def as_json(self) -> list[dict[str, object]]:
        """Plain values."""
        return [
            {
                "id": each.decision_id,
                "action": each.action,
                "merged": each.pair.merged_id,
                "customer": each.pair.customer_id,
                "at": each.at.isoformat(),
                "who": each.who,
                "why": each.why,
            }
            for each in self.decisions
        ]


def list_duplicates(folder: Path | None = None, *, limit: int = 50, show_personal: bool = True) -> Duplicates:
    """The pairs of customers that may be one, without those that somebody has decided on."""
    with open_book(find_book(folder)) as opened:
        found = duplicates_of(opened, limit=limit)
        return found if show_personal else _masked(opened, found)


def _masked(opened: OpenBook, found: Duplicates) -> Duplicates:
    pairs = found.found.pairs
    ones, others = (shown(opened, [getattr(each, end) for each in pairs]) for end in ("one", "other"))
    seen = (replace(each, one=one, other=other) for each, one, other in zip(pairs, ones, others, strict=True))
    return replace(found, found=replace(found.found, pairs=tuple(seen)))


def duplicates_of(opened: OpenBook, *, limit: int) -> Duplicates:
    """The same of an open book."""
    identity = opened.catalogue.identities[IDENTITY]
    apart = read_decisions(opened.book).kept_apart
    found = find_candidates(opened.engine, opened.snapshot, opened.catalogue.tables, identity, apart=apart, limit=limit)
    return Duplicates(found, identity.evidence, identity.most_in_block)


def _decided(opened: OpenBook, decisions: Sequence[Decision], *, show_personal: bool) -> Decided:
    if show_personal:
        return Decided(tuple(decisions))
    merged, kept = (
        shown(opened, [getattr(each.pair, end) for each in decisions]) for end in ("merged_id", "customer_id")
    )
    seen = zip(decisions, merged, kept, strict=True)
    return Decided(tuple(replace(each, pair=Pair(one, other)) for each, one, other in seen))


def accept(
    folder: Path | None,
    ids: Sequence[str] = (),
    *,
    above: float | None = None,
    why: str = "",
    show_personal: bool = True,
) -> Decided:
    """Merge the first customer into the second, or every proposed pair with at least a score.

    Raises:
        WorthbookError: duplicates-not-named, customer-not-in-book, customers-merged-already.
    """
    with open_book(find_book(folder)) as opened:
        pairs = [_pair(opened, ids)] if above is None or ids else _alike(opened, above)
        return _decided(opened, merges.merge(opened.book, pairs, why), show_personal=show_personal)


def reject(folder: Path | None, ids: Sequence[str], *, why: str = "", show_personal: bool = True) -> Decided:
    """Remember that two customers are two.

    Raises:
        WorthbookError: duplicates-not-named, customer-not-in-book.
    """
    with open_book(find_book(folder)) as opened:
        made = merges.keep_apart(opened.book, [_pair(opened, ids)], why)
        return _decided(opened, made, show_personal=show_personal)


def list_merges(folder: Path | None = None, *, show_personal: bool = True) -> Decided:
    """The merges that count."""
    with open_book(find_book(folder)) as opened:
        return _decided(opened, read_decisions(opened.book).merges, show_personal=show_personal)


def undo_merge(folder: Path | None, merge_id: str, *, why: str = "", show_personal: bool = True) -> Decided:
    """Take one merge back.

    Raises:
        WorthbookError: merge-unknown.
    """
    with open_book(find_book(folder)) as opened:
        return _decided(opened, [merges.part(opened.book, merge_id, why)], show_personal=show_personal)


def _pair(opened: OpenBook, ids: Sequence[str]) -> Pair:
    if len(ids) != len(("one", "other")):
        raise NOTHING_TO_MERGE(count=len(ids))
    now = [meant(opened, each) for each in ids]
    known = known_among(opened.engine, opened.snapshot, opened.catalogue.tables, now)
    for given, each in zip(ids, now, strict=True):
        if each not in known:
            raise NO_SUCH_CUSTOMER(customer=given)
    return Pair(now[0], now[1])


def _alike(opened: OpenBook, above: float) -> list[Pair]:
    """All pairs with at least a score, but those that others of them have made one already."""
    chosen: list[Pair] = []
    groups: dict[str, str] = {}
    for each in duplicates_of(opened, limit=_ALL).found.pairs:
        one, other = _root(groups, each.one), _root(groups, each.other)
        if each.score >= above and one != other:
            groups[one] = other
            chosen.append(Pair(each.one, each.other))
    return chosen


_ALL = 1_000_000


def _root(groups: Mapping[str, str], each: str) -> str:
    while each in groups:
        each = groups[each]
    return each


def _line(pair: Candidate, evidence: Mapping[EvidenceKind, Evidence], language: Language) -> str:
    stop = "、" if language == "zh" else ", "
    reasons = stop.join(evidence[kind].if_same.say(language) for kind in pair.same)
    spoken = [text.say(language) for kind in pair.different if (text := evidence[kind].if_different) is not None]
    if spoken:
        reasons += _BUT.format(reasons=stop.join(spoken)).say(language)
    return _LINE.format(score=pair.score, one=pair.one, other=pair.other, reasons=reasons).say(language)


def _quoted(customer_id: str) -> str:
    return f"'{customer_id}'" if " " in customer_id else customer_id
