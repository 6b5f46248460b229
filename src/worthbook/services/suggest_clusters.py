"""Groups that the customers fall into by themselves: how many, how sure, what they are like, by which conditions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from worthbook.data.features import features
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding
from worthbook.models.base import FloatArray
from worthbook.models.grouping.clusters import find_clusters
from worthbook.models.grouping.scaling import Scaling
from worthbook.models.grouping.tree import grow
from worthbook.services.find_book import find_book
from worthbook.services.open_book import open_book
from worthbook.services.segment_answer import SegmentAnswer
from worthbook.services.segment_who import customers_for, known_columns
from worthbook.services.suggest_features import Feature, features_of
from worthbook.services.suggest_framework import (
    axes_of,
    check_name_to_save,
    conditions,
    framework_from,
    laid_table,
    offered,
)
from worthbook.services.suggest_words import Described, groups_of, likeness, listed, manner, sentences, trials

TOO_FEW = Fault(
    "suggest-too-few",
    what=Text(
        en="Only {count} customers have all of these columns; {least} are needed.",
        zh="只有 {count} 位客户各列数据齐全，至少需要 {least} 位。",
    ),
    hint=Text(en="Leave out the column that few have: {columns}.", zh="请去掉缺失较多的列：{columns}。"),
)
NOT_NUMBERS = Fault(
    "suggest-not-numbers",
    what=Text(
        en="Customers are grouped by numbers, and {names} are none.", zh="分组只能依据数值列，{names} 不是数值。"
    ),
    hint=Text(
        en="Leave them out, or use `worthbook suggest tree`.", zh="请去掉这些列，或改用 `worthbook suggest tree`。"
    ),
)

LEAST = 100
DEPTH = 4
USUAL_COLUMNS = ("recency_days", "orders_lifetime", "average_order_value_lifetime")

_TITLE = Text(en="Suggested groups", zh="建议分组")
_BY = Text(en="Grouped by: {columns}.", zh="分组依据：{columns}。")
_NONE = Text(
    en="There are no stable groups: by these columns customers shade into each other. A cut is then a choice, not a "
    "finding; name a number with --groups to get one anyway.",
    zh="没有稳定的分组：从这些列看，客户是连续过渡的。如何划分是一种选择而非发现；如仍需划分，可用 --groups 指定组数。",
)
_DESCRIPTION = Text(
    en="Groups that were found among the customers by k-means, as conditions that come near to them.",
    zh="用k均值法从客户数据中发现的分组，以近似的条件表示。",
)


def suggest_clusters(
    book: Path | None,
    columns: Sequence[str] = (),
    groups: tuple[int, int] = (2, 8),
    as_of: str | None = None,
    save: str | None = None,
) -> SegmentAnswer:
    """Suggest groups.

    Args:
        book: the book; None for the only one here.
        columns: by which customers are grouped; by default how recently, how often and for how much they buy.
        groups: the fewest and the most to try; the same number twice takes it whether or not it stands.
        as_of: the date.
        save: the name of the framework to save.

    Raises:
        WorthbookError: suggest-too-few, suggest-not-numbers, suggest-column-unfit, extra-learning-absent,
            `name-unknown`, `book-empty`; where it cannot be saved, definition-name-unreadable, definition-name-in-use.
    """
    with open_book(find_book(book)) as opened:
        check_name_to_save(opened, save)
        names = known_columns(opened.catalogue, columns or USUAL_COLUMNS)
        customers = customers_for(opened, [], as_of, names)
        found = features_of(opened.catalogue, names)
        _check_numbers(found)
        whole = features(customers, [each.formula for each in found])
        described = Described(found, complete(whole, found), len(whole))
        points = Scaling.of(described.matrix).apply(described.matrix)
        clusters = find_clusters(points, range(groups[0], groups[1] + 1))
        by = _BY.format(columns=listed([each.meta.title for each in found]))
        told = partial(SegmentAnswer, _TITLE, customers.as_of, opened.book.currency, notes=(by, manner(described)))
        if not clusters.are_there and groups[0] != groups[1]:
            nothing = (Finding(_NONE, "warning"), *offered(opened, None, 0, save))
            return told(findings=nothing, tables=(trials(clusters),), facts={"found": False})
        labels = clusters.of(points)
        tree = grow(described.matrix, labels.astype(np.float64), groups=True, depth=DEPTH, balanced=True)
        made = list(groups_of(opened, described, points, labels, tree))
        table, unplaced = laid_table(opened, customers, made)
        bounds = [bound for leaf in tree.leaves for bound in leaf.bounds]
        axes = axes_of(found, bounds, opened.book.currency)
        framework = framework_from(save or "suggested", _TITLE, _DESCRIPTION, made, axes)
        return told(
            findings=(*sentences(clusters, tree, made), *offered(opened, framework, unplaced, save)),
            tables=(table, conditions(made), likeness(described, labels, made), trials(clusters)),
            facts={"found": clusters.are_there, "fidelity": tree.quality, "count": len(made)},
        )


def complete(whole: FloatArray, found: Sequence[Feature]) -> FloatArray:
    """The rows without unknowns.

    Raises:
        WorthbookError: suggest-too-few.
    """
    known = ~np.isnan(whole)
    matrix = whole[known.all(1)]
    if len(matrix) < LEAST:
        rare = sorted(range(len(found)), key=lambda index: int(known[:, index].sum()))[:3]
        names = dict.fromkeys(found[index].meta.name for index in rare)
        raise TOO_FEW(count=len(matrix), least=LEAST, columns=", ".join(names))
    return matrix


def _check_numbers(found: Sequence[Feature]) -> None:
    wrong = dict.fromkeys(each.meta.name for each in found if not each.meta.unit.is_numeric)
    if wrong:
        raise NOT_NUMBERS(names=", ".join(wrong))
