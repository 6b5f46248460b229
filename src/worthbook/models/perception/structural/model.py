"""What a structural model says: which items measure which construct, and which construct drives which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.models.perception.structural import graph

Mode = Literal["A", "B"]
"""How the weights of a block are found: A by correlations (reflective), B by regression (formative)."""

TIMES = ":"
"""`Quality:Value` is the interaction of two constructs."""

NO_CONSTRUCTS = Fault(
    "structure-without-constructs",
    what=Text(en="The model has no constructs.", zh="该模型没有任何潜变量（构念）。"),
    hint=Text(en="Write at least two, as in `Quality =~ q1 + q2`.", zh="请至少写两个，例如 `Quality =~ q1 + q2`。"),
)
NO_PATHS = Fault(
    "structure-without-paths",
    what=Text(en="The model has no paths between constructs.", zh="该模型的潜变量之间没有任何路径。"),
    hint=Text(
        en="Say what drives what, as in `Satisfaction ~ Quality`.", zh="请写明因果路径，例如 `Satisfaction ~ Quality`。"
    ),
)
CONSTRUCT_TWICE = Fault(
    "construct-twice",
    what=Text(en="The construct '{construct}' is declared twice.", zh="潜变量“{construct}”重复声明。"),
    hint=Text(en="Keep one declaration with all its items.", zh="请合并为一处，写全所有题项。"),
)
CONSTRUCT_WITHOUT_ITEMS = Fault(
    "construct-without-items",
    what=Text(en="The construct '{construct}' has no items.", zh="潜变量“{construct}”没有任何题项。"),
    hint=Text(
        en="Name the questions that measure it, or leave the construct and its paths out.",
        zh="请写明测量它的题项，或删去该潜变量及其路径。",
    ),
)
ITEM_TWICE = Fault(
    "item-of-two-constructs",
    what=Text(
        en="The item '{item}' is used {count} times ({constructs}).",
        zh="题项“{item}”被使用了 {count} 次（{constructs}）。",
    ),
    hint=Text(
        en="An item measures one construct; remove it from the others.",
        zh="一个题项只能测量一个潜变量，请从其他处删除。",
    ),
)
MIXED_ORDER = Fault(
    "construct-of-mixed-order",
    what=Text(
        en="The construct '{construct}' is measured by items and by constructs ({constructs}) at once.",
        zh="潜变量“{construct}”同时由题项和潜变量（{constructs}）测量。",
    ),
    hint=Text(
        en="Measure it by items alone, or by constructs alone (a higher-order construct).",
        zh="请只用题项，或只用潜变量（高阶构念）来测量。",
    ),
)
PATH_UNKNOWN = Fault(
    "path-of-unknown-construct",
    what=Text(
        en="The path {source} -> {target} names '{name}', which is no construct.",
        zh="路径 {source} -> {target} 中的“{name}”不是潜变量。",
    ),
    hint=Text(en="{near}", zh="{near}"),
)
PATH_TWICE = Fault(
    "path-twice",
    what=Text(en="The path {source} -> {target} is there twice.", zh="路径 {source} -> {target} 重复出现。"),
    hint=Text(en="Keep one of the two.", zh="请只保留一处。"),
)
CIRCLE = Fault(
    "structure-circular",
    what=Text(en="The paths run in a circle: {circle}.", zh="路径形成了循环：{circle}。"),
    hint=Text(
        en="A construct may not drive itself, not even by way of others. Remove one of these paths.",
        zh="潜变量不能直接或间接地影响自身，请删去其中一条路径。",
    ),
)
APART = Fault(
    "structure-disconnected",
    what=Text(
        en="The model falls apart: no path joins {here} with {there}.",
        zh="模型不连通：{here} 与 {there} 之间没有任何路径。",
    ),
    hint=Text(en="Join them by a path, or estimate two models.", zh="请用路径相连，或拆分为两个模型分别估计。"),
)


@dataclass(frozen=True, slots=True)
class Construct:
    """Something that cannot be asked for directly, and the items that measure it.

    The items of a higher-order construct are the names of other constructs.
    """

    name: str
    items: tuple[str, ...]
    mode: Mode = "A"


@dataclass(frozen=True, slots=True)
class Path:
    """One construct (or an interaction, `Quality:Value`) drives another."""

    source: str
    target: str

    def __str__(self) -> str:
        """`Quality -> Satisfaction`."""
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True, slots=True)
class StructuralModel:
    """Constructs and paths that make sense together.

    Raises:
        WorthbookError: Everything that is wrong with it at once, each with the construct or item concerned.

    >>> quality, loyalty = Construct("Quality", ("q1", "q2")), Construct("Loyalty", ("l1",))
    >>> StructuralModel((quality, loyalty), (Path("Quality", "Loyalty"),)).items
    ('q1', 'q2', 'l1')
    """

    constructs: tuple[Construct, ...]
    paths: tuple[Path, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be estimated."""
        raise_all(self._problems())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the constructs, in the order given."""
        return tuple(construct.name for construct in self.constructs)

    @property
    def items(self) -> tuple[str, ...]:
        """The items, construct by construct; those of a higher-order construct are not items."""
        return tuple(item for construct in self.constructs if not self.is_higher(construct) for item in construct.items)

    @property
    def main_paths(self) -> tuple[Path, ...]:
        """The paths from constructs."""
        return tuple(path for path in self.paths if TIMES not in path.source)

    @property
    def interactions(self) -> tuple[str, ...]:
        """The interactions that drive something, each once."""
        return tuple(dict.fromkeys(path.source for path in self.paths if TIMES in path.source))

    @property
    def higher(self) -> tuple[Construct, ...]:
        """The constructs that are measured by constructs."""
        return tuple(construct for construct in self.constructs if self.is_higher(construct))

    def is_higher(self, construct: Construct) -> bool:
        """Whether a construct is measured by constructs."""
        return bool(set(construct.items) & (set(self.names) - {construct.name}))

    def construct(self, name: str) -> Construct:
        """The construct of a name."""
        return next(construct for construct in self.constructs if construct.name == name)

    def _problems(self) -> Iterator[Problem]:
        if not self.constructs:
            yield NO_CONSTRUCTS.problem()
            return
        for name, count in Counter(self.names).items():
            if count > 1:
                yield CONSTRUCT_TWICE.problem(construct=name)
        found = (*self._measurement(), *self._path_problems())
        yield from found
        if not found:
            yield from self._structure()

    def _measurement(self) -> Iterator[Problem]:
        homes: dict[str, list[str]] = {}
        for construct in self.constructs:
            if not construct.items:
                yield CONSTRUCT_WITHOUT_ITEMS.problem(construct=construct.name)
            for item in construct.items:
                homes.setdefault(item, []).append(construct.name)
            lower = [item for item in construct.items if item in self.names and item != construct.name]
            if lower and len(lower) < len(construct.items):
                yield MIXED_ORDER.problem(construct=construct.name, constructs=", ".join(lower))
        for item, constructs in homes.items():
            if len(constructs) > 1:
                yield ITEM_TWICE.problem(item=item, count=len(constructs), constructs=", ".join(constructs))

    def _path_problems(self) -> Iterator[Problem]:
        if not self.paths:
            yield NO_PATHS.problem()
        for path, count in Counter(self.paths).items():
            if count > 1:
                yield PATH_TWICE.problem(source=path.source, target=path.target)
            for name in (*path.source.split(TIMES), path.target):
                if name not in self.names:
                    near = did_you_mean(name, self.names)
                    yield PATH_UNKNOWN.problem(source=path.source, target=path.target, name=name, near=near)

    def _structure(self) -> Iterator[Problem]:
        arrows = [(name, path.target) for path in self.paths for name in path.source.split(TIMES)]
        circle = graph.circle(self.names, arrows)
        if circle:
            yield CIRCLE.problem(circle=" -> ".join(circle))
        measured = [(lower, higher.name) for higher in self.higher for lower in higher.items]
        first, *others = graph.islands(self.names, [*arrows, *measured])
        if others:
            yield APART.problem(here=", ".join(first), there=", ".join(others[0]))
