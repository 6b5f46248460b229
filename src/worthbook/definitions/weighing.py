"""How the weights of a scorecard are found: stated, alike, by points, by judgements in pairs, or in the customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from worthbook.definitions.definition import Name, Part, RefusedError
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

Method = Literal["stated", "equal", "constant_sum", "ahp", "entropy", "critic", "regression", "combined"]
RandomIndexName = Literal["saaty_1980", "saaty_2005", "donegan_dodd_1991", "tummala_ling_1998"]

OVER = " over "
"""Between the two names of a judgement: `price over service: 3`."""

RATIO_UNREADABLE = Fault(
    "judgement-unreadable",
    what=Text(en="'{text}' does not say how many times as important.", zh="“{text}”不是有效的重要性倍数。"),
    hint=Text(
        en="Write a number above 0: 3 for 'three times as important', 1/3 for the opposite.",
        zh="请写大于 0 的数值：重要三倍写 3，相反则写 1/3。",
    ),
)


def _ratio(value: object) -> object:
    """`1/3` as a number; what is not text is left as it is."""
    if not isinstance(value, str):
        return value
    above, _, below = value.partition("/")
    try:
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        raise RefusedError(RATIO_UNREADABLE.problem(text=value)) from None


Ratio = Annotated[float, BeforeValidator(_ratio, json_schema_input_type=float | str)]


class Judgement(NamedTuple):
    """How many times as important somebody finds one criterion as another."""

    key: str
    """As it is written: `price over service`."""
    first: str
    second: str
    times: float


class Weighing(Part):
    """Where the weights of a scorecard's groups, or of the axes of one group, come from.

    `stated`: from `weight` at each. `equal`: all alike. `constant_sum`: the mean of the points that people gave.
    `ahp`: from judgements in pairs. `entropy`, `critic`: from how the customers' points spread. `regression`: from what
    goes with the column `target`. `combined`: of two of these, a judged and a found one.
    """

    method: Method
    answers: Mapping[str, Mapping[Name, float]] = {}
    """Constant sum: who → criterion → points."""
    total: Annotated[float, Field(gt=0)] = 100.0
    """Constant sum: what the points of each sum to."""
    judges: Mapping[str, Mapping[str, Ratio]] = {}
    """AHP: who → `price over service: 3`. A pair that nobody judged may be left out."""
    random_index: RandomIndexName = "saaty_1980"
    """AHP: the table of mean inconsistencies of random judgements that the consistency ratio is taken by."""
    target: Name | None = None
    """Regression: the column that the weights are to explain."""
    of: tuple[Weighing, ...] = ()
    """Combined: the two."""
    by: Literal["product", "mean"] = "product"
    """Combined: in proportion to the product, or the mean of the two."""

    @property
    def parts(self) -> tuple[Weighing, ...]:
        """Itself, or what it is combined of."""
        return self.of if self.method == "combined" else (self,)

    @property
    def takes_stated(self) -> bool:
        """Whether it reads the `weight` at each axis or group."""
        return any(part.method == "stated" for part in self.parts)

    @property
    def reads_customers(self) -> bool:
        """Whether the weights depend on who the customers are."""
        return any(part.method in {"entropy", "critic", "regression"} for part in self.parts)

    def judgements(self, judge: str) -> Iterator[Judgement]:
        """What one judge said of pairs that are written as pairs."""
        for key, times in self.judges[judge].items():
            first, over, second = key.partition(OVER)
            if over:
                yield Judgement(key, first.strip(), second.strip(), times)
