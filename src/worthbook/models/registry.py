"""Which estimator name of a model definition means which specification."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from worthbook.kernel.errors import Fault, Place, did_you_mean
from worthbook.kernel.language import Text
from worthbook.models.base import Specification
from worthbook.models.lifetime import BGNBD, GammaGamma

ESTIMATORS: MappingProxyType[str, type[Specification[Any, Any]]] = MappingProxyType(
    {each.estimator: each for each in (BGNBD, GammaGamma)}
)

UNKNOWN_ESTIMATOR = Fault(
    "estimator-unknown",
    what=Text(en="There is no estimator '{name}'.", zh="没有名为“{name}”的估计方法。"),
    hint=Text(en="{proposal}", zh="{proposal}"),
)


def specification_class(estimator: str, where: Place | None = None) -> type[Specification[Any, Any]]:
    """The specification of an estimator, by the name that a definition's `estimator:` field gives.

    >>> specification_class("bg_nbd").__name__
    'BGNBD'
    """
    if estimator not in ESTIMATORS:
        raise UNKNOWN_ESTIMATOR(where, name=estimator, proposal=did_you_mean(estimator, ESTIMATORS))
    return ESTIMATORS[estimator]
