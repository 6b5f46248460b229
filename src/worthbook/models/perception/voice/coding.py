"""Comments coded by words: which themes they speak of, and whether in praise or in complaint.

Words are looked up, nothing is learnt: the result can be checked word by word, works offline, and says the same
tomorrow. A lexicon knows no irony and misses what it does not list, which is said wherever its numbers are shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import FloatArray

CLAUSE = re.compile(r"[.!?;,…。！？；，、\n]+|\bbut\b|但是|但|不过|然而")
"""What ends the reach of a negation."""
REACH_WORDS = 3
REACH_SIGNS = 4
"""How far before a word a negation may stand, in English words and in Chinese characters."""

ThemeWords = Mapping[str, Sequence[str]]
"""Theme → its words. `deliver*` stands for every ending; Chinese words are found anywhere, others as whole words."""


@dataclass(frozen=True)
class SentimentWords:
    """Words of praise and complaint, and the words that turn them round."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]
    negations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coded:
    """What each comment says."""

    themes: tuple[str, ...]
    mentions: NDArray[np.bool_]
    """Shape (comments, themes)."""
    sentiment: FloatArray
    """Shape (comments,): from -1 (only complaint) to 1 (only praise); NaN where no listed word stands."""
    theme_sentiment: FloatArray
    """Shape (comments, themes): the same of the clauses that speak of the theme; NaN where there is none."""


def code(comments: Sequence[str], themes: ThemeWords, sentiment: SentimentWords) -> Coded:
    """Code comments into themes and sentiment.

    Args:
        comments: Free of personal data.
        themes: Theme → words.
        sentiment: Words of praise and complaint.

    >>> words = SentimentWords(("friendly", "好"), ("slow", "慢"), ("not", "不"))
    >>> found = code(["Staff not friendly, delivery fine", "物流不慢"], {"delivery": ["deliver*", "物流"]}, words)
    >>> found.mentions[:, 0].tolist(), found.sentiment.tolist()
    ([True, True], [-1.0, 1.0])
    """
    names = tuple(themes)
    patterns = [_pattern(themes[name]) for name in names]
    judge = _Judge(sentiment)
    mentions = np.zeros((len(comments), len(names)), dtype=np.bool_)
    overall = np.full(len(comments), np.nan)
    by_theme = np.full((len(comments), len(names)), np.nan)
    for row, comment in enumerate(comments):
        clauses = [each for each in CLAUSE.split(comment) if each.strip()]
        counts = [judge.count(each) for each in clauses]
        overall[row] = _balance(counts)
        for column, pattern in enumerate(patterns):
            spoken = [count for clause, count in zip(clauses, counts, strict=True) if pattern.search(clause)]
            if spoken:
                mentions[row, column] = True
                by_theme[row, column] = _balance(spoken)
    return Coded(names, mentions, overall, by_theme)


class _Judge:
    """Counts praise and complaint in a clause."""

    def __init__(self, words: SentimentWords) -> None:
        self.positive, self.negative = _pattern(words.positive), _pattern(words.negative)
        self.negation = _pattern(words.negations)

    def count(self, clause: str) -> tuple[int, int]:
        """Praise and complaint; a word that a negation turns round counts for the other side."""
        praise = complaint = 0
        taken: list[tuple[int, int]] = []
        for pattern, good in ((self.negative, False), (self.positive, True)):
            for match in pattern.finditer(clause):
                if any(start < match.end() and match.start() < end for start, end in taken):
                    continue  # "unfriendly" was counted already; do not count "friendly" in "不友好" twice
                taken.append(match.span())
                if good != self._negated(clause[: match.start()]):
                    praise += 1
                else:
                    complaint += 1
        return praise, complaint

    def _negated(self, before: str) -> bool:
        """Whether a negation stands closely before; two of them cancel."""
        latin = " ".join(re.findall(r"[A-Za-z']+", before)[-REACH_WORDS:])
        signs = re.sub(r"[A-Za-z' ]", "", before)[-REACH_SIGNS:]
        return len(self.negation.findall(f"{latin} {signs}")) % 2 == 1


def _balance(counts: Sequence[tuple[int, int]]) -> float:
    praise, complaint = (sum(side) for side in zip(*counts, strict=True)) if counts else (0, 0)
    return (praise - complaint) / (praise + complaint) if praise + complaint else float("nan")


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """One expression for some words, the longest first."""
    if not words:
        return re.compile(r"(?!)")
    return re.compile("|".join(_one(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)


def _one(word: str) -> str:
    if re.search(r"[\u4e00-\u9fff]", word):
        return re.escape(word)
    if word.endswith("*"):
        return rf"\b{re.escape(word[:-1])}\w*"
    return rf"\b{re.escape(word)}\b"
