"""A few conditions that tell apart who is high and who is low in something, tested on customers held back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from worthbook.data.chosen import Customers
from worthbook.data.features import features
from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta, Finding
from worthbook.kernel.units import Unit
from worthbook.models.base import FloatArray
from worthbook.models.grouping.scaling import is_skewed
from worthbook.models.grouping.tree import Leaf, Tree, grow
from worthbook.planning.index import Catalogue
from worthbook.scoring.bands import literal
from worthbook.services.find_book import find_book
from worthbook.services.open_book import open_book
from worthbook.services.segment_answer import SegmentAnswer, spoken
from worthbook.services.segment_who import customers_for, known_columns
from worthbook.services.suggest_clusters import complete
from worthbook.services.suggest_features import Feature, features_of, joined
from worthbook.services.suggest_framework import (
    Group,
    axes_of,
    check_name_to_save,
    conditions,
    framework_from,
    laid_table,
    offered,
)
from worthbook.services.suggest_words import listed

USUAL_DEPTH = 3
_OFTEN_UNKNOWN = 0.1
"""Columns that are unknown for more customers than this are left out unless they were asked for: only customers who
have all of the columns can be learnt from."""
_WORTH_IT = 0.05
"""A tree that explains or tells right less than this more than no tree at all is not offered without a warning."""

_TITLE = Text(en="What tells {target} apart", zh="区分{target}的条件")
_DESCRIPTION = Text(
    en="Conditions learnt by a decision tree on {target}.",
    zh="由决策树按{target}学习得到的条件。",
)
_EXPLAINS = Text(
    en="The conditions explain {quality} of the differences in {target} among {held} customers held back (R²).",
    zh="在留出的{held}位客户中，这些条件解释了{target}差异的{quality}（R²）。",
)
_EXPLAINS_LOG = Text(
    en="The conditions explain {quality} of the differences in the logarithm of {target} among {held} customers held "
    "back (R²); of the logarithm, because a few customers have very much.",
    zh="在留出的{held}位客户中，这些条件解释了{target}（取对数）差异的{quality}（R²）；取对数是因为少数客户数值极大。",
)
_TELLS = Text(
    en="The conditions tell {target} right for {quality} of {held} customers held back; always naming the largest "
    "group would for {plain}.",
    zh="在留出的{held}位客户中，这些条件对{target}的判断有{quality}正确；若一律归入最大的一组，正确率为{plain}。",
)
_NO_USE = Text(
    en="That is hardly better than no conditions at all: these columns do not tell {target}.",
    zh="与不设条件相差无几：这些列无法区分{target}。",
)
_ALL = Text(en="Everybody", zh="全体客户")
_MEAN = Text(
    en="{target} {mean} on average among {count} customers held back.", zh="留出的{count}位客户平均{target}{mean}。"
)
_RIGHT = Text(
    en="{label}: right for {share} of {count} customers held back.",
    zh="判为“{label}”：留出的{count}位客户中{share}正确。",
)
_FROM = Text(
    en="Learnt from {learnt} customers by at most {depth} conditions one after the other, pruned by cross-validation "
    "to the smallest tree within one standard error of the best. Looked at: {columns}.",
    zh="由{learnt}位客户学习，最多连续{depth}个条件，经交叉验证剪枝（一倍标准误准则）。考察的列：{columns}。",
)
_ARROW = Text(en="{conditions} → {label}", zh="{conditions} → {label}")


@dataclass(frozen=True)
class Target:
    """What is to be told: a number, or the number of a group."""

    meta: ColumnMeta
    labels: tuple[Text, ...]
    """Of groups, by their numbers; none of a number."""
    formula: str

    @classmethod
    def of(cls, meta: ColumnMeta) -> Target:
        """A column as what is to be told."""
        if meta.labels:
            cases = " ".join(f"when {meta.name} = {literal(key)} then {n}" for n, key in enumerate(meta.labels))
            return cls(meta, tuple(meta.labels.values()), f"case {cases} end")
        if meta.unit is Unit.FLAG:
            no, yes = Text(en="no", zh="否"), Text(en="yes", zh="是")
            return cls(meta, (no, yes), f"case when {meta.name} then 1 when {meta.name} is not null then 0 end")
        return cls(meta, (), Feature(meta).formula)


def suggest_tree(  # noqa: PLR0913 - of what, by what, how deep, as at when, and where to
    book: Path | None,
    target: str,
    columns: Sequence[str] = (),
    *,
    depth: int = USUAL_DEPTH,
    as_of: str | None = None,
    save: str | None = None,
) -> SegmentAnswer:
    """Suggest conditions.

    Args:
        book: the book; None for the only one here.
        target: the column to tell.
        columns: what to tell it by; by default what the report lists but for what the target is made of, or is made of
            the target.
        depth: at most so many conditions one after the other.
        as_of: the date.
        save: the name of the framework to save.

    Raises:
        WorthbookError: suggest-too-few, suggest-column-unfit, extra-learning-absent, `name-unknown`, `book-empty`;
            where it cannot be saved, definition-name-unreadable, definition-name-in-use.
    """
    with open_book(find_book(book)) as opened:
        check_name_to_save(opened, save)
        (aim,) = known_columns(opened.catalogue, [target])
        features_of(opened.catalogue, [aim])  # whether it can be learnt at all
        names = known_columns(opened.catalogue, columns) if columns else _independent(opened.catalogue, aim)
        customers = customers_for(opened, [], as_of, (*names, aim))
        goal = Target.of(opened.catalogue.meta(aim))
        learnt = _learn(customers, goal, features_of(opened.catalogue, names), depth, every=bool(columns))
        made = list(_groups(goal, learnt.features, learnt.tree, opened.book.currency))
        table, unplaced = laid_table(opened, customers, made)
        words = {"target": goal.meta.title}
        bounds = [bound for leaf in learnt.tree.leaves for bound in leaf.bounds]
        axes = axes_of(learnt.features, bounds, opened.book.currency)
        title, description = _TITLE.format(**words), _DESCRIPTION.format(**words)
        framework = framework_from(save or "suggested", title, description, made, axes) if len(made) > 1 else None
        return SegmentAnswer(
            headline=title,
            as_of=customers.as_of,
            currency=opened.book.currency,
            findings=(*_told(goal, learnt), *offered(opened, framework, unplaced, save)),
            tables=(table, conditions(made)) if framework is not None else (),
            notes=(_how(learnt, depth),),
            facts={"quality": learnt.tree.quality, "plain": learnt.tree.plain, "held_back": learnt.tree.held_back},
        )


@dataclass(frozen=True)
class Learnt:
    """What was learnt from, and what came of it."""

    features: tuple[Feature, ...]
    tree: Tree
    logged: bool
    """Whether the logarithm of the target was learnt."""


def _learn(customers: Customers, goal: Target, found: tuple[Feature, ...], depth: int, *, every: bool) -> Learnt:
    """Grow the tree from customers who have all columns; columns nobody asked for are left out if many lack them."""
    whole = features(customers, [*(each.formula for each in found), goal.formula])
    often = [index for index in range(len(found)) if every or _mostly_known(whole[:, index])]
    used = tuple(found[index] for index in often)
    matrix = complete(whole[:, [*often, -1]], (*used, Feature(goal.meta)))
    logged = not goal.labels and is_skewed(matrix[:, -1])
    tree = grow(matrix[:, :-1], matrix[:, -1], groups=bool(goal.labels), depth=depth, logged=logged)
    return Learnt(used, tree, logged)


def _how(learnt: Learnt, depth: int) -> Text:
    looked_at = listed(list(dict.fromkeys(each.meta.title for each in learnt.features)))
    return _FROM.format(learnt=f"{learnt.tree.learnt_from:,}", depth=depth, columns=looked_at)


def _independent(catalogue: Catalogue, target: str) -> tuple[str, ...]:
    """The numbers of the report that neither make the target, nor are made of it, nor come from the same model."""
    made_of = catalogue.behind([target])
    estimated = {name for name in made_of if isinstance(catalogue.maker(name), ModelDefinition)}
    return tuple(
        name
        for name in known_columns(catalogue)
        if catalogue.meta(name).unit.is_numeric
        and name not in made_of
        and not catalogue.behind([name]) & {target, *_siblings(catalogue, estimated)}
    )


def _siblings(catalogue: Catalogue, estimated: set[str]) -> set[str]:
    """All columns of the models that some columns come from."""
    return {name for each in estimated for name in catalogue.columns_of(each)}


def _mostly_known(values: FloatArray) -> bool:
    return bool(np.isnan(values).mean() < _OFTEN_UNKNOWN)


def _groups(goal: Target, found: Sequence[Feature], tree: Tree, currency: str) -> Iterator[Group]:
    """The leaves, those that say most first."""
    order = sorted(tree.leaves, key=lambda leaf: -leaf.value)
    for number, leaf in enumerate(order, start=1):
        when = joined(found, leaf.bounds) or f"{goal.meta.name} is not null or {goal.meta.name} is null"
        said = [found[bound.feature].said(bound, currency) for bound in leaf.bounds]
        title = listed(said, "; ", "；") if said else _ALL
        if goal.labels:
            title = _ARROW.format(conditions=title, label=goal.labels[int(leaf.value)])
        yield Group(f"group_{number}", title, _meaning(goal, leaf, currency), when)


def _meaning(goal: Target, leaf: Leaf, currency: str) -> Text:
    if goal.labels:
        share = spoken(leaf.actual if not math.isnan(leaf.actual) else None, Unit.SHARE)
        return _RIGHT.format(label=goal.labels[int(leaf.value)], share=share, count=f"{leaf.customers:,}")
    mean = spoken(leaf.actual, goal.meta.unit, currency)
    return _MEAN.format(target=goal.meta.title, mean=mean, count=f"{leaf.customers:,}")


def _told(goal: Target, learnt: Learnt) -> Iterator[Finding]:
    tree = learnt.tree
    words = {
        "target": goal.meta.title,
        "quality": spoken(max(tree.quality, 0.0), Unit.SHARE),
        "plain": spoken(tree.plain, Unit.SHARE),
        "held": f"{tree.held_back:,}",
    }
    form = _TELLS if goal.labels else _EXPLAINS_LOG if learnt.logged else _EXPLAINS
    yield Finding(form.format(**words))
    if tree.quality - tree.plain < _WORTH_IT:
        yield Finding(_NO_USE.format(target=goal.meta.title), "warning")
