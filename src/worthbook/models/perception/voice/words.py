"""Words that complaints use more than other comments do: themes that no list foresaw.

Weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, Political Analysis 16(4)): a
rare word is not called telling because it stands in one complaint and in no other comment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

PRIOR_WORDS = 500.0
"""The prior is worth so many words of the whole text."""
TELLING = 1.96
COMMON = frozenset(
    re.findall(
        r"\S+",
        "a an and are as at be been but by for from had has have he her his i in is it its me my not of on or our she "
        "so than that the their them there they this to too very was we were what when which who will with would you "
        "your 我们 你们 他们 一个 这个 那个 但是 而且 因为 所以 就是 还是 没有 可以 什么 怎么 非常 比较 有点 一下",
    )
)
"""Words that say nothing by themselves."""


@dataclass(frozen=True)
class StandOut:
    """A word that stands out in complaints."""

    word: str
    complaints: int
    others: int
    z: float
    """Log-odds divided by its standard deviation; above 1.96 it is unlikely to be chance."""


def stand_out(
    comments: Sequence[str],
    complaint: Sequence[bool],
    cut: Callable[[str], Sequence[str]] | None = None,
    most: int = 12,
) -> tuple[StandOut, ...]:
    """The words that complaints use more than the other comments, the most telling first.

    Args:
        comments: Free of personal data.
        complaint: Whether each is a complaint.
        cut: How Chinese text is cut into words, such as `jieba.lcut`; pairs of characters, if left out.
        most: How many words at the most.

    >>> texts = ["the lid leaks", "lid leaks again", "nice tea", "good tea", "lovely tea"] * 20
    >>> [each.word for each in stand_out(texts, [True, True, False, False, False] * 20)][:2]
    ['leaks', 'lid']
    """
    inside: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    for text, bad in zip(comments, complaint, strict=True):
        (inside if bad else outside).update(set(words_of(text, cut)))
    vocabulary = sorted(inside | outside)
    if not vocabulary or not inside or not outside:
        return ()
    here = np.array([inside[word] for word in vocabulary], dtype=float)
    there = np.array([outside[word] for word in vocabulary], dtype=float)
    prior = PRIOR_WORDS * (here + there) / (here + there).sum()
    odds = _log_odds(here, prior) - _log_odds(there, prior)
    z = odds / np.sqrt(1 / (here + prior) + 1 / (there + prior))
    order = np.argsort(-z, kind="stable")[:most]
    return tuple(StandOut(vocabulary[i], int(here[i]), int(there[i]), float(z[i])) for i in order if z[i] > TELLING)


def _log_odds(count: np.ndarray, prior: np.ndarray) -> np.ndarray:
    mine = count + prior
    return np.asarray(np.log(mine / (mine.sum() - mine)))


def words_of(text: str, cut: Callable[[str], Sequence[str]] | None = None) -> list[str]:
    """The words of a comment, without those that say nothing.

    >>> words_of("The lid leaks", None), words_of("盖子漏水", None)
    (['lid', 'leaks'], ['盖子', '子漏', '漏水'])
    """
    plain = re.sub(r"\[[a-z-]+\]", " ", text.lower())
    latin = [word for word in re.findall(r"[a-z][a-z'-]+", plain) if word not in COMMON]
    runs = re.findall(r"[\u4e00-\u9fff]+", plain)
    if cut is None:
        signs = [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
    else:
        signs = [word for run in runs for word in cut(run) if len(word) > 1]
    return [*latin, *(word for word in signs if word not in COMMON)]
