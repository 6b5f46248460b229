"""The weights of a scorecard as they stand in its definition, in words."""

from __future__ import annotations

from collections.abc import Iterator

from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit, show
from worthbook.planning.index import Catalogue

_FOUND = Text(en="found at each date", zh="按评估日求得")
_GROUPS = Text(en="groups", zh="各分组")
_AXES = Text(en="axes", zh="各维度")


def weights_said(framework: FrameworkDefinition) -> dict[str, Text]:
    """Axis or group → its share of its level, where people gave it."""
    from worthbook.planning.weigh import agreed  # noqa: PLC0415 - numpy is not needed to describe anything else

    said: dict[str, Text] = {}
    for level in framework.levels:
        weights = agreed(framework, level)
        shares = {} if weights is None else weights.as_mapping()
        for name in level.names:
            share = shares.get(name)
            said[name] = _FOUND if share is None else Text(*(show(share, Unit.SHARE, each) for each in ("en", "zh")))
    return said


def ways_said(framework: FrameworkDefinition, catalogue: Catalogue) -> Iterator[tuple[Text, Text]]:
    """Each level whose weights are not just stated, and how they are found."""
    from worthbook.planning.balance import how  # noqa: PLC0415 - see above

    for level in framework.levels:
        if level.weighing is not None:
            top = _GROUPS if framework.groups else _AXES
            yield framework.groups[level.group].title if level.group else top, how(level.weighing, catalogue)
