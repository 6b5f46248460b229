"""Whether a model with more parameters explains the same data better than chance would let it: Wilks (1938)."""

from __future__ import annotations

from dataclasses import dataclass

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

SLACK = 1e-6
"""By so much per unit may the larger model's log-likelihood stay behind, for rounding."""

NOT_NESTED = Fault(
    "likelihood-ratio-not-nested",
    what=Text(
        en="The models cannot be compared by their likelihoods: {why}.",
        zh="无法用似然比比较这两个模型：{why}。",
    ),
    hint=Text(
        en="Compare fits of the same customers, of which one has all parameters of the other and more.",
        zh="请比较同一批客户的拟合，且其中一个模型应包含另一个的全部参数并有更多参数。",
    ),
)
_OTHER_DATA = Text(en="they were fitted to different customers", zh="两者拟合的客户不同")
_NO_MORE = Text(en="the second has no more parameters than the first", zh="后者的参数并不比前者多")
_WORSE = Text(en="the larger one fits worse", zh="参数更多的模型拟合得反而更差")
_SHRUNK = Text(
    en="effects were drawn towards zero, so that neither is at its maximum", zh="系数经过收缩，未处于似然最大值"
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the test needs to know of a fit."""

    log_likelihood: float
    parameters: int
    data_fingerprint: str
    shrunk: bool = False


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """Twice the gain in log-likelihood, and how often chance alone would give as much.

    Attributes:
        statistic: Twice the difference of the log-likelihoods.
        degrees: How many parameters the larger model has more.
        p_value: P(chi-squared with so many degrees of freedom is larger).
        sentence: The result in words.
    """

    statistic: float
    degrees: int
    p_value: float
    sentence: Text


SENTENCE = Text(
    en="The {degrees} further parameters raise the log-likelihood by {gain} (p {p}): {verdict}.",
    zh="增加的 {degrees} 个参数使对数似然提高 {gain}（p {p}）：{verdict}。",
)
SENTENCE_OF_ONE = Text(
    en="The one further parameter raises the log-likelihood by {gain} (p {p}): {verdict}.",
    zh="增加的 1 个参数使对数似然提高 {gain}（p {p}）：{verdict}。",
)
_REAL = Text(en="more than chance would give", zh="超出偶然范围，确有改进")
_CHANCE = Text(en="no more than chance may give", zh="可能只是偶然，不足以说明改进")
_LEVEL = 0.05


def likelihood_ratio(smaller: Fitted, larger: Fitted) -> LikelihoodRatio:
    """Test a larger model against a smaller one that it contains.

    Raises:
        WorthbookError: `likelihood-ratio-not-nested`.

    >>> found = likelihood_ratio(Fitted(-100.0, 4, "a"), Fitted(-95.0, 6, "a"))
    >>> found.statistic, round(found.p_value, 4), found.sentence.en[-30:]
    (10.0, 0.0067, ': more than chance would give.')
    """
    from scipy.special import chdtrc  # noqa: PLC0415  # keeps the import of the package fast

    if smaller.data_fingerprint != larger.data_fingerprint:
        raise NOT_NESTED(why=_OTHER_DATA)
    degrees, gain = larger.parameters - smaller.parameters, larger.log_likelihood - smaller.log_likelihood
    if degrees <= 0:
        raise NOT_NESTED(why=_NO_MORE)
    if smaller.shrunk or larger.shrunk:
        raise NOT_NESTED(why=_SHRUNK)
    if gain < -SLACK * abs(smaller.log_likelihood):
        raise NOT_NESTED(why=_WORSE)
    statistic = 2 * max(gain, 0.0)
    p_value = float(chdtrc(degrees, statistic))
    verdict = _REAL if p_value < _LEVEL else _CHANCE
    words = in_words(p_value)
    said = SENTENCE_OF_ONE if degrees == 1 else SENTENCE
    sentence = said.format(degrees=degrees, gain=f"{statistic / 2:.2f}", p=words, verdict=verdict)
    return LikelihoodRatio(statistic, degrees, p_value, sentence)


def in_words(p_value: float) -> str:
    """A probability after its sign; a tiny one is not zero.

    >>> in_words(0.0321), in_words(1e-30)
    ('= 0.032', '< 0.0001')
    """
    return f"= {p_value:.2g}" if p_value >= LEAST_P else "< 0.0001"


LEAST_P = 1e-4
"""Smaller ones are not told apart."""
