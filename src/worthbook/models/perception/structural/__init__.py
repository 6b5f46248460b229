"""Structural models of perception by partial least squares (PLS-SEM), from the correlations of the items alone."""

from __future__ import annotations
