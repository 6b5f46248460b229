"""How customers become the data of the models of potential, and their answers columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from worthbook.definitions.model import ModelDefinition
from worthbook.models.base import FloatArray
from worthbook.models.potential.category_gaps import CategoryGaps, CategoryGapsFit
from worthbook.models.potential.look_alikes import LookAlikes, LookAlikesFit
from worthbook.models.potential.peers import Peers
from worthbook.planning.estimator import Ahead, Estimator, Inputs


@dataclass(frozen=True)
class Comparing:
    """Makes peers of customers; a value that can travel."""

    traits: tuple[str, ...]

    def __call__(self, inputs: Inputs, customers: FloatArray) -> Peers:
        """From roles and covariates to customers, equal ones in one row."""
        return Peers(inputs["spend"], inputs["stated"], {name: inputs[name] for name in self.traits}, customers)


def _wallet(fit: LookAlikesFit, peers: Peers, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.wallet(peers)


def _wallet_low(fit: LookAlikesFit, peers: Peers, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.wallet_low(peers)


def _wallet_high(fit: LookAlikesFit, peers: Peers, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.wallet_high(peers)


def _alike(fit: LookAlikesFit, peers: Peers, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.alike(peers)


def _by_traits(model: ModelDefinition) -> Estimator:
    """With the covariates of a definition as traits, the most telling first."""
    return replace(_PLAIN, read=Comparing(model.covariates))


_PLAIN = Estimator(
    "Look-alikes",
    LookAlikes(),
    LookAlikesFit,
    frozenset({"spend", "stated"}),
    Comparing(()),
    {"wallet": _wallet, "wallet_low": _wallet_low, "wallet_high": _wallet_high, "look_alikes": _alike},
    covariates="optional",
)


def _from_rows(*given: object) -> FloatArray:
    """Category gaps are counted from rows in the engine; `worthbook.planning.category_gaps` makes their columns.

    Raises:
        TypeError: Always.
    """
    raise TypeError(given)


_GAPS = Estimator(
    "Category gaps",
    CategoryGaps(),
    CategoryGapsFit,
    frozenset({"categories"}),
    _from_rows,
    dict.fromkeys(("gap", "next_category", "next_spend"), _from_rows),
    covariates="optional",
)

POTENTIAL_ESTIMATORS: Mapping[str, Estimator] = {
    "look_alikes": replace(_PLAIN, chosen=_by_traits),
    "category_gaps": _GAPS,
}
