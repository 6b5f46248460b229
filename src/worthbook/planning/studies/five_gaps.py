"""The five gaps of service quality: where the one that customers feel (5) comes from inside the firm (1 to 4)."""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.kernel.language import Text
from worthbook.kernel.result import Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.perception.means import Means
from worthbook.planning.studies.context import column, table
from worthbook.planning.studies.surveyed import known

_GAPS = (
    (
        Text(en="1 Knowledge", zh="1 认知差距"),
        Text(
            en="What customers expect, and what management believes they expect",
            zh="客户的期望与管理者所认为的客户期望之间",
        ),
        Text(en="Management, market research", zh="管理层、市场研究"),
        Text(
            en="Ask managers the same expectations; little research, many layers, little talk with the front line",
            zh="让管理者回答同一份期望问卷；常因调研不足、层级过多、与一线沟通不够",
        ),
    ),
    (
        Text(en="2 Standards", zh="2 标准差距"),
        Text(en="What management knows, and the standards it sets", zh="管理者的认识与制定的服务标准之间"),
        Text(en="Service design, management", zh="服务设计、管理层"),
        Text(
            en="No goals for service, belief that it cannot be done, tasks that are not standardised",
            zh="缺乏服务目标、认为无法做到、作业未标准化",
        ),
    ),
    (
        Text(en="3 Delivery", zh="3 传递差距"),
        Text(en="The standards, and what is delivered", zh="服务标准与实际提供的服务之间"),
        Text(en="Front line, human resources, operations", zh="一线、人力资源、运营"),
        Text(
            en="Unclear roles, people or tools that do not fit, no control over the outcome, no teamwork",
            zh="职责不清、人员或工具不匹配、缺乏掌控感、缺少协作",
        ),
    ),
    (
        Text(en="4 Promise", zh="4 承诺差距"),
        Text(en="What is delivered, and what is promised outside", zh="实际提供的服务与对外承诺之间"),
        Text(en="Marketing, sales", zh="市场、销售"),
        Text(
            en="Promises that go too far, marketing and operations that do not talk to each other",
            zh="过度承诺、市场与运营之间缺乏沟通",
        ),
    ),
    (
        Text(en="5 Customer", zh="5 顾客差距"),
        Text(en="What customers expect, and what they perceive", zh="客户的期望与感知之间"),
        Text(en="The sum of the other four", zh="前四项差距的综合结果"),
        Text(en="The dimensions and statements above", zh="见上表各维度与各题"),
    ),
)


GAP_TITLES = tuple(texts[0] for texts in _GAPS)


def five_gaps(sizes: Mapping[int, Means]) -> Table:
    """One line a gap; asking customers measures the fifth, asking the firm's own people the others.

    Args:
        sizes: gap, from 1 to 5 → what was measured, as one column.
    """
    rows: list[tuple[Value | Text, ...]] = []
    for number, texts in enumerate(_GAPS, start=1):
        size = sizes.get(number)
        ends = (None, None) if size is None else (known(end[0]) for end in size.interval())
        rows.append((*texts, None if size is None else known(size.mean[0]), *ends))
    columns = (
        column("gap", Unit.TEXT, "Gap", "差距"),
        column("between", Unit.TEXT, "Between", "介于"),
        column("arises", Unit.TEXT, "Arises with", "产生环节"),
        column("look_at", Unit.TEXT, "What to look at", "排查要点"),
        column("size", Unit.SCORE, "Measured", "实测"),
        column("size_low", Unit.SCORE, "from", "下限"),
        column("size_high", Unit.SCORE, "to", "上限"),
    )
    return table("five_gaps", Text(en="The five gaps", zh="五大差距"), columns, rows)
