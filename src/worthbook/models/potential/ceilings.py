"""What the better customers among look-alikes spend: quantiles of spend by combinations of traits, coarser where few.

Customers are alike who share all traits. Where too few share them, the last trait is dropped, then the one before,
until all customers are alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray, IntArray, Record
from worthbook.models.potential.peers import Peers, Trait

ROUNDING = 1e-12
"""Sums of weights may fall short of a whole by so much."""


@dataclass(frozen=True, eq=False)
class Depth:
    """The groups of customers who share the first few traits.

    Attributes:
        keys: Trait → its value in each group.
        customers: How many customers of each group bought anything.
        ceilings: One row a group, one column a level: what is spent by the customer at that level.
    """

    keys: Mapping[str, np.ndarray]
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
    bought = np.flatnonzero(peers.spend > 0)
    rows = bought[np.argsort(peers.spend[bought], kind="stable")]
    names = list(peers.traits)
    return tuple(_depth(peers, rows, names[:number], levels, least) for number in range(len(names) + 1))


def _depth(peers: Peers, rows: IntArray, names: Sequence[str], levels: Sequence[float], least: int) -> Depth:
    """The groups of some rows, sorted by spend, by the traits that are named."""
    group, first = _grouped([peers.traits[name] for name in names], rows)
    weights = peers.weights[rows]
    customers = np.bincount(group, weights, minlength=len(first)).astype(np.float64)
    order = np.argsort(group, kind="stable")
    reached = np.cumsum(weights[order])
    before = np.concatenate(([0.0], np.cumsum(customers)[:-1]))
    spend = peers.spend[rows[order]]
    at = [np.searchsorted(reached, (before + level * customers) * (1 - ROUNDING)) for level in levels]
    kept = customers >= least
    keys = {name: peers.traits[name].values[peers.traits[name].place[first[kept]]] for name in names}
    return Depth(keys, customers[kept], np.column_stack([spend[place] for place in at])[kept])


def _grouped(traits: Sequence[Trait], rows: IntArray) -> tuple[IntArray, IntArray]:
    """The group of each of the rows, and the first row of each group."""
    code = np.zeros(len(rows), dtype=np.int64)
    for trait in traits:
        _, code = np.unique(code * len(trait.values) + trait.place[rows], return_inverse=True)
    _, first, group = np.unique(code, return_index=True, return_inverse=True)
    return group, rows[first]


def ceilings_for(depths: Sequence[Depth], peers: Peers) -> tuple[FloatArray, FloatArray]:
    """For each customer the ceilings of its look-alikes, one column a level, and how many look-alikes they are from."""
    found = np.repeat(depths[0].ceilings, len(peers.spend), axis=0)
    alike = np.repeat(depths[0].customers, len(peers.spend))
    for depth in depths[1:]:
        place = _place(depth, peers)
        known = place >= 0
        found[known], alike[known] = depth.ceilings[place[known]], depth.customers[place[known]]
    return found, alike


def _place(depth: Depth, peers: Peers) -> IntArray:
    """The group of each customer at one depth; -1 where there is none."""
    rows = len(peers.spend)
    if not len(depth.customers):
        return np.full(rows, -1)
    mine, theirs = np.zeros(rows, dtype=np.int64), np.zeros(len(depth.customers), dtype=np.int64)
    for name, values in depth.keys.items():
        words, trait = np.unique(values), peers.traits[name]
        at = np.minimum(np.searchsorted(words, trait.values), len(words) - 1)
        at = np.where(words[at] == trait.values, at, len(words))
        mine = mine * (len(words) + 1) + at[trait.place]
        theirs = theirs * (len(words) + 1) + np.searchsorted(words, values)
    order = np.argsort(theirs)
    at = np.minimum(np.searchsorted(theirs[order], mine), len(theirs) - 1)
    return np.where(theirs[order][at] == mine, order[at], -1)
