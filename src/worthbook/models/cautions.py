"""Sentences that several models say about what the data could not tell them."""

from __future__ import annotations

from worthbook.kernel.language import Text

FEW_BUYERS = 10
"""Below this number of informative customers the estimates are no more than a guess."""

TOO_FEW = Text(
    en="Only {count} customers could be learnt from, fewer than {least}: read the intervals, not the estimates.",
    zh="可用于学习的客户只有 {count} 位，少于 {least} 位：请看区间，不要依赖单个估计值。",
)
UNDETERMINED = Text(
    en=(
        "The data do not determine {symbols}: very different values fit equally well. Totals may still be sound, "
        "but do not "
        "interpret these parameters."
    ),
    zh="现有数据无法确定参数 {symbols}：相差很大的取值拟合效果几乎一样。合计数仍可参考，但请勿解读这些参数本身。",
)


def about_identification(informative: float, undetermined: tuple[str, ...]) -> tuple[Text, ...]:
    """What to say about too few customers and about parameters that the data leave open.

    >>> [each.en[:22] for each in about_identification(4, ("a", "b"))]
    ['Only 4 customers could', 'The data do not determ']
    """
    said = []
    if informative < FEW_BUYERS:
        said.append(TOO_FEW.format(count=f"{informative:g}", least=FEW_BUYERS))
    if undetermined:
        listed = Text(en=", ".join(undetermined), zh="、".join(undetermined))
        said.append(UNDETERMINED.format(symbols=listed))
    return tuple(said)
