"""Interactions in two stages (Henseler and Chin 2010): products of the scores that the model without them gives.

The scores are standardised, their product is centred; the path of the interaction is standardised. Divided by the
standard deviation of the product it says by how much the moderated path rises with one standard deviation of the
moderator.
"""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.moments import Products
from worthbook.models.perception.structural.model import TIMES
from worthbook.models.perception.structural.plan import Plan
from worthbook.models.perception.structural.solution import Moderation, Solution


def moderated(
    found: Solution, item_weights: FloatArray, products: Products, counts: FloatArray, plan: Plan
) -> Moderation:
    """The correlations of constructs and of products of their scores.

    Args:
        found: the model without interactions.
        item_weights: (B, p, k) how the scores are made of the standardised items.
        products: the answers; a hole counts as the mean answer here.
        counts: (B, n) how often each respondent counts.
        plan: with the interactions behind the constructs.
    """
    scores = products.scores(counts, item_weights)
    k, names = found.plan.k, plan.constructs
    terms = [np.prod(scores[:, :, [names.index(part) for part in name.split(TIMES)]], axis=2) for name in names[k:]]
    every = np.concatenate([scores, np.stack(terms, axis=2)], axis=2)  # (B, n, all)
    heavy = counts * products.weights
    heavy = heavy / heavy.sum(axis=1, keepdims=True)
    every = every - np.einsum("bn,bnk->bk", heavy, every)[:, None]
    covariance = (every * heavy[:, :, None]).transpose(0, 2, 1) @ every
    deviation = np.sqrt(np.einsum("bkk->bk", covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        R = covariance / (deviation[:, :, None] * deviation[:, None, :])
    return Moderation(plan, R.transpose(1, 2, 0), deviation[:, k:].T)
