"""What the better customers among look-alikes spend: quantiles of spend by combinations of traits, coarser where few.

Customers are alike who share all traits. Where too few share them, the last trait is dropped, then the one before,
until all customers are alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray, Record
from worthbook.models.potential.peers import Peers, Trait


@dataclass(frozen=True, eq=False)
class Depth:
    """The groups of customers who share the first few traits.

    Attributes:
        keys: Trait → its value in each group.
        customers: How many customers of each group bought anything.
        ceilings: One row a group, one column a level: what is spent by the customer at that level.
    """

    keys: Mapping[str, Trait]
    customers: FloatArray
    ceilings: FloatArray

    def as_record(self) -> Record:
        """Plain values."""
        return {
            "keys": {name: values.tolist() for name, values in self.keys.items()},
            "customers": self.customers.tolist(),
            "ceilings": self.ceilings.tolist(),
        }

    @classmethod
    def from_record(cls, record: Record) -> Depth:
        """The inverse."""
        keys = {name: np.asarray(values) for name, values in record["keys"].items()}
        return cls(keys, np.asarray(record["customers"], dtype=float), np.asarray(record["ceilings"], dtype=float))


def depths_of(peers: Peers, levels: Sequence[float], least: int) -> tuple[Depth, ...]:
    """Groups by no trait, by the first, by the first two and so on; only those with enough customers who bought.

    Args:
        peers: the customers.
        levels: which quantiles of spend to take.
        least: how many customers a group must have.
    """
    bought = peers.spend > 0
    spend, weights = peers.spend[bought], peers.weights[bought]
    names = list(peers.traits)
    return tuple(
        _depth({name: peers.traits[name][bought] for name in names[:number]}, spend, weights, levels, least)
        for number in range(len(names) + 1)
    )


def _depth(
    traits: Mapping[str, Trait], spend: FloatArray, weights: FloatArray, levels: Sequence[float], least: int
) -> Depth:
    group, first = _grouped(traits, len(spend))
    customers = np.bincount(group, weights, minlength=len(first)).astype(np.float64)
    order = np.lexsort((spend, group))
    kept = customers >= least
    ceilings = np.column_stack([_quantile(spend[order], weights[order], group[order], customers, at) for at in levels])
    return Depth({name: values[first[kept]] for name, values in traits.items()}, customers[kept], ceilings[kept])


def _grouped(traits: Mapping[str, Trait], rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The group of each row, and the first row of each group."""
    code = np.zeros(rows, dtype=np.int64)
    for values in traits.values():
        _, place = np.unique(values, return_inverse=True)
        _, code = np.unique(code * (int(place.max(initial=0)) + 1) + place, return_inverse=True)
    _, first, group = np.unique(code, return_index=True, return_inverse=True)
    return group, first


def _quantile(
    spend: FloatArray, weights: FloatArray, group: np.ndarray, customers: FloatArray, level: float
) -> FloatArray:
    """In each group the smallest spend that a share `level` of its customers do not exceed; rows sorted within it."""
    before = np.concatenate(([0.0], np.cumsum(customers)[:-1]))
    wanted = before + level * customers
    return spend[np.searchsorted(np.cumsum(weights) + 1e-9 * customers[group], wanted)] if len(spend) else spend


def ceilings_for(depths: Sequence[Depth], peers: Peers) -> tuple[FloatArray, FloatArray]:
    """For each customer the ceilings of its look-alikes, one column a level, and how many look-alikes they are from."""
    found = np.full((len(peers.spend), depths[0].ceilings.shape[1]), np.nan)
    alike = np.zeros(len(peers.spend))
    for depth in depths:
        place = _place(depth, peers)
        known = place >= 0
        found[known], alike[known] = depth.ceilings[place[known]], depth.customers[place[known]]
    return found, alike


def _place(depth: Depth, peers: Peers) -> np.ndarray:
    """The group of each customer at one depth; -1 where there is none."""
    rows = len(peers.spend)
    if not len(depth.customers):
        return np.full(rows, -1)
    known = np.full(rows, fill_value=True)
    mine, theirs = np.zeros(rows, dtype=np.int64), np.zeros(len(depth.customers), dtype=np.int64)
    for name, values in depth.keys.items():
        words = np.unique(values)
        at = np.minimum(np.searchsorted(words, peers.traits[name]), len(words) - 1)
        known &= words[at] == peers.traits[name]
        mine, theirs = mine * len(words) + at, theirs * len(words) + np.searchsorted(words, values)
    order = np.argsort(theirs)
    at = np.minimum(np.searchsorted(theirs[order], mine), len(theirs) - 1)
    return np.where(known & (theirs[order][at] == mine), order[at], -1)
