"""LMG: each predictor's share of R², its mean gain over all orders in which predictors may enter.

Lindeman, Merenda and Gold (1980); Kruskal (1987); Grömping (2006). It is the Shapley value of the game whose worth is
R², so that it needs the R² of all 2^p subsets. They come by doubling: the covariance of the predictors still to come
and of y, once with the next predictor left out, once with it swept out. Each step has twice as many matrices, each
smaller by a row and a column, so that all subsets cost little more than the 2^p numbers themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.resamples import chunks

MOST_EXACT = 18
"""Predictors (or groups of them) up to which all subsets are taken; beyond, orders are drawn."""
ORDERS = 2000


def lmg(R: FloatArray, groups: Sequence[Sequence[int]] | None = None) -> FloatArray:
    """(B, groups) the share of R² of each predictor, or of each group of predictors that enters together.

    Args:
        R: (B, p + 1, p + 1) correlations, y last.
        groups: the places of the predictors of each group; by default each predictor is one.

    >>> R = np.array([[[1.0, 0.5, 0.6], [0.5, 1.0, 0.3], [0.6, 0.3, 1.0]]])
    >>> lmg(R).round(3).tolist()  # x1 alone explains 0.36, x2 alone 0.09, both 0.36
    [[0.315, 0.045]]
    """
    p = R.shape[1] - 1
    players = [[place] for place in range(p)] if groups is None else [list(group) for group in groups]
    left = _unexplained(R, players)
    return _shapley(-left, len(players))


def lmg_sampled(R: FloatArray, orders: int = ORDERS, seed: int = 1) -> FloatArray:
    """(B, p) the same from orders that are drawn, each taken forwards and backwards.

    The squared last row of Cholesky's triangle is what each predictor adds in an order.

    >>> R = np.array([[[1.0, 0.5, 0.6], [0.5, 1.0, 0.3], [0.6, 0.3, 1.0]]])
    >>> np.abs(lmg_sampled(R) - lmg(R)).max() < 0.01
    np.True_
    """
    random = np.random.default_rng(seed)
    p = R.shape[1] - 1
    shares = np.zeros((len(R), p))
    for part in chunks(orders // 2):
        forwards = random.permuted(np.tile(np.arange(p), (part.stop - part.start, 1)), axis=1)
        order = np.concatenate([forwards, forwards[:, ::-1]])
        with_y = np.concatenate([order, np.full((len(order), 1), p)], axis=1)
        for b, matrix in enumerate(R):
            gains = np.linalg.cholesky(matrix[with_y[:, :, None], with_y[:, None, :]])[:, -1, :p] ** 2
            shares[b] += np.bincount(order.ravel(), gains.ravel(), minlength=p)
    return shares / (orders // 2 * 2)


def _unexplained(R: FloatArray, players: Sequence[Sequence[int]]) -> FloatArray:
    """(B, 2^players) the variance of y that each subset leaves; bit i of a subset's number is player i."""
    order = [place for player in players for place in player]
    every = [*order, R.shape[1] - 1]
    state = R[:, np.newaxis][:, :, np.array(every)[:, None], every]
    for player in players:
        without = state
        for _ in player:
            pivot = state[:, :, :1, :1]
            with np.errstate(divide="ignore", invalid="ignore"):
                scaled = np.where(pivot > _SINGULAR, state[:, :, :1] / pivot, 0.0)  # told already: adds nothing
            state = state[:, :, 1:, 1:] - state[:, :, 1:, :1] * scaled[:, :, :, 1:]
        size = len(player)
        state = np.concatenate([without[:, :, size:, size:], state], axis=1)
    return state[:, :, 0, 0]


def _shapley(worth: FloatArray, players: int) -> FloatArray:
    """(B, players) the mean gain of each player over all orders, from the worth of all subsets."""
    sizes = np.array([number.bit_count() for number in range(2**players)], dtype=np.int8)
    weight = np.array([1 / (players * comb(players - 1, size)) for size in range(players)])
    shares = np.empty((len(worth), players))
    for player in range(players):
        split = worth.reshape(len(worth), -1, 2, 2**player)
        others = sizes.reshape(-1, 2, 2**player)[:, 0]
        shares[:, player] = ((split[:, :, 1] - split[:, :, 0]) * weight[others]).sum(axis=(1, 2))
    return shares


_SINGULAR = 1e-10
