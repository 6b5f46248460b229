"""Two columns crossed into named cells: a few customers each, whose cells are known from the published matrix."""

from __future__ import annotations

import pytest

from tests.catalogue.placing import placed


def test_price_and_cost_to_serve() -> None:
    """The four kinds of Shapiro, Rangan, Moriarty and Ross (1987): what is paid against what it takes to serve."""
    found = placed(
        "price_and_cost",
        {"price": [0.9], "cost": [0.1]},
        ("price_realised_12m", "cost_to_serve_rate_12m"),
        *((1.0, 0.3), (0.95, 0.05), (0.7, 0.4), (0.7, 0.02), (0.9, 0.1), (None, 0.1), (0.9, None)),
    )
    assert found == ["carriage", "passive", "aggressive", "bargain", "carriage", None, None]


def test_value_and_loyalty() -> None:
    found = placed(
        "value_loyalty",
        {"value": [1000]},
        ("current_value_12m", "loyalty_behaviour__score"),
        *((5000, 90), (5000, 69.9), (20, 70), (20, 10), (-50, 10), (5000, None)),
    )
    assert found == ["golden", "at_risk", "marginal", "minimal", "minimal", None]


def test_current_value_and_potential() -> None:
    found = placed(
        "current_potential",
        {"current": [1000], "potential": [300]},
        ("current_value_12m", "potential_12m"),
        *((1000, 300), (4000, 0), (999, 300), (0, 299), (1000, None)),
    )
    assert found == ["invest", "keep", "develop", "minimise", None]


def test_attachment_needs_preference_and_difference() -> None:
    """Griffin (1995): without a difference even a strong preference attaches little."""
    found = placed(
        "attachment",
        {},
        ("preference_stated", "differentiation_stated"),
        *((100, 100), (100, 0), (0, 100), (0, 0), (60, 59.9), (None, 100)),
    )
    assert found == ["high", "low", "moderate", "none", "low", None]


def test_the_buying_mode_follows_risk_and_need_for_help() -> None:
    found = placed(
        "buying_mode",
        {},
        ("buying_risk_judged", "need_for_help_judged"),
        *((1, 1), (5, 5), (5, 1), (1, 5), (3, 3), (2.9, 3), (None, 5)),
    )
    assert found == [
        *("price_first", "innovation_partner", "trusted_supplier", "trusted_supplier", "innovation_partner"),
        *("trusted_supplier", None),
    ]


@pytest.mark.parametrize(
    ("name", "column", "words"),
    [
        ("customer_kinds", "customer_kind", ("consumer", "business", "channel", "internal")),
        ("customer_roles", "customer_role", ("customer", "supplier", "owner", "partner", "employee")),
    ],
)
def test_kinds_and_roles_are_as_the_list_says(name: str, column: str, words: tuple[str, ...]) -> None:
    found = placed(name, {}, (column,), *((word,) for word in (*words, "reseller", None)))
    assert found == [*words, "other", None]
