"""Answers about several brands as ratings: who is ourselves, what was rated, and what counts how much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worthbook.data.answers import Answers
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import IntArray
from worthbook.models.perception.rivals.ratings import Measured, Ratings
from worthbook.models.weights import Weights, constant_sum, equal
from worthbook.models.weights.stated import OffSum
from worthbook.planning.studies.surveyed import option

OURSELVES = ("own", "us", "ours", "本企业", "我们", "我司")
"""How files call the firm itself, where neither the instrument nor the question says so."""

US_UNKNOWN = Fault(
    "survey-own-brand-unknown",
    what=Text(en="Which of {brands} are we?", zh="{brands} 之中哪一个是本企业？"),
    hint=Text(
        en="Say so with `--us`, or list our own brand first under `brands:` of the instrument.",
        zh="请用 `--us` 指明，或在问卷定义的 `brands:` 中把本企业列在首位。",
    ),
)


def us_of(definition: StudyDefinition, answers: Answers) -> str:
    """Our own brand among those that were judged.

    Raises:
        WorthbookError: survey-own-brand-unknown.
    """
    brands = answers.brand_order
    chosen = option(definition, "us")
    listed = [name for name in answers.instrument.brands[:1] if name in brands]
    found = (
        [chosen] if chosen in brands else [] if chosen else [*listed, *(each for each in OURSELVES if each in brands)]
    )
    if not found:
        raise US_UNKNOWN(brands=", ".join(brands))
    return str(found[0])


def ratings_of(answers: Answers, questions: Sequence[str], us: str) -> Ratings:
    """The answers to some questions as a cube: respondents by questions by brands, ourselves first.

    Raises:
        WorthbookError: survey-questions-absent, ratings-out-of-scale.
    """
    brands = (us, *(name for name in answers.brand_order if name != us))
    people, row = np.unique(answers.respondents, return_inverse=True)
    values = np.full((len(people), len(questions), len(brands)), np.nan)
    matrix, weights = answers.matrix(questions), np.ones(len(people))
    for index, brand in enumerate(brands):
        about = answers.brands == brand
        values[row[about], :, index] = matrix[about]
    weights[row] = answers.weights
    low, high = answers.bounds(questions)[:, 0].min(), answers.bounds(questions)[:, 1].max()
    return Ratings(values, tuple(questions), brands, float(low), float(high), weights).checked()


def stated_weights(answers: Answers, topics: Sequence[str], off_sum: OffSum = "rescale") -> Weights:
    """How much the topics count to respondents: their points, else all alike.

    Points are asked once a person, whatever number of brands the person judges.
    """
    asked = answers.instrument.asking("points")
    if not all(topic in asked and answers.has(asked[topic]) for topic in topics):
        return equal(topics)
    told = answers.matrix([asked[topic] for topic in topics])[told_once(answers, [asked[topic] for topic in topics])]
    total = answers.instrument.scale_of(asked[topics[0]]).total or 100.0
    return constant_sum(topics, told, total=total, off_sum=off_sum)


def told_once(answers: Answers, questions: Sequence[str]) -> IntArray:
    """Of each person who answered any of some questions the first row with an answer.

    What matters is asked once a person, whatever number of brands the person judges.
    """
    spoken = np.flatnonzero(~np.isnan(answers.matrix(questions)).all(axis=1))
    _, first = np.unique(answers.respondents[spoken], return_index=True)
    return np.asarray(spoken[first])


def ends(measured: Measured) -> tuple[float, float | None, float | None]:
    """A number and its interval, for the cells of a table."""
    return measured.value, measured.low, measured.high
