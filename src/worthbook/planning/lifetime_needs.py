"""What more history or more customers would let the models say."""

from __future__ import annotations

import math
from collections.abc import Iterator

from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK, WEEKS_PER_YEAR
from worthbook.models.cautions import FEW_BUYERS
from worthbook.models.lifetime.purchase_model import DROPOUT_EVIDENCE, PurchaseFit
from worthbook.planning.lifetimes import Expected, Lifetimes
from worthbook.planning.trials import SHORTEST_WEEKS

PRECISE = 0.1
"""A total is precise when its interval reaches no further than this to either side."""
ROUGH = 0.25
"""Beyond this, the need for more customers is told."""
FAR = 10
"""Years of history, or times as many customers: needs beyond this are not worth a number."""

MORE_WEEKS = Text(
    en=(
        "A test needs about {weeks} more weeks of history: half of it is held back, and that must be at least {least} "
        "weeks."
    ),
    zh="还需要约 {weeks} 周的历史才能检验：检验要留出一半的时间，且不少于 {least} 周。",
)
MORE_CUSTOMERS = Text(
    en=(
        "Only {buyers} customers have bought again. At this rate about {customers} more customers would give enough of "
        "them."
    ),
    zh="目前只有 {buyers} 位客户复购。按此比例，再有约 {customers} 位客户才能积累足够的复购客户。",
)
MORE_HISTORY = Text(
    en=(
        "Dropout is not visible yet. If it shows at the present pace, about {months} more months of history would make "
        "it so."
    ),
    zh="目前还看不出客户流失。按现有速度，再积累约 {months} 个月的历史才能看出。",
)
MUCH_MORE = Text(
    en="Dropout is not visible, and more history of this kind would hardly change that: perhaps nobody leaves.",
    zh="看不出客户流失，同样性质的历史再长也难以改变：也许确实没有客户流失。",
)
MORE_PRECISE = Text(
    en=(
        "The interval of the total reaches {reach} to either side; within 10 % it would be with about {times} times "
        "the customers."
    ),
    zh="总量区间约为 ±{reach}；客户数约为现在的 {times} 倍时，区间可缩小到 ±10%。",
)


def needs(found: Lifetimes) -> tuple[Text, ...]:
    """What would have to be there for the models to say more, with rough numbers."""
    said = [*_for_a_test(found)]
    used = found.comparison.used
    if used is not None and used.fit is not None:
        said += _for_dropout(used.fit, found)
    if found.expected is not None:
        said += _for_precision(found.expected)
    return tuple(said)


def _for_a_test(found: Lifetimes) -> Iterator[Text]:
    weeks = (found.as_of - found.first).days / DAYS_PER_WEEK
    if found.split is None and weeks < 2 * SHORTEST_WEEKS:
        yield MORE_WEEKS.format(weeks=math.ceil(2 * SHORTEST_WEEKS - weeks), least=SHORTEST_WEEKS)


def _for_dropout(fit: PurchaseFit, found: Lifetimes) -> Iterator[Text]:
    if fit.repeat_buyers < FEW_BUYERS:
        share = fit.repeat_buyers / fit.customers
        more = math.ceil((FEW_BUYERS - fit.repeat_buyers) / share)
        yield MORE_CUSTOMERS.format(buyers=f"{fit.repeat_buyers:.0f}", customers=f"{more:,}")
    elif not fit.dropout_visible:
        gain = fit.log_likelihood - fit.log_likelihood_without_dropout
        weeks = (found.fitted_until - found.first).days / DAYS_PER_WEEK
        longer = weeks * (DROPOUT_EVIDENCE / gain - 1) if gain > 0 else math.inf
        months = longer / WEEKS_PER_YEAR * 12
        yield MORE_HISTORY.format(months=math.ceil(months)) if months <= 12 * FAR else MUCH_MORE


def _for_precision(expected: Expected) -> Iterator[Text]:
    total = None if expected.total is None else expected.total.value or expected.total.purchases
    if total is None or total.estimate <= 0:
        return
    reach = (total.high - total.low) / 2 / total.estimate
    times = (reach / PRECISE) ** 2
    if reach > ROUGH:
        per_cent = Text(en=f"{100 * reach:.0f} %", zh=f"{100 * reach:.0f}%")
        yield MORE_PRECISE.format(reach=per_cent, times=f"{times:.0f}" if times <= FAR**2 else f"{FAR**2}+")
