"""`worthbook survey model`: an index of satisfaction, and what drives it."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import (
    BookOption,
    ByOption,
    InstrumentOption,
    MarginOption,
    ScaleOption,
    SourceArgument,
    ToOption,
    margins_of,
    scale_of,
    show_study,
)

ModelArgument = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="scsb, acsi, ecsi, ccsi or another structure of the catalogue; or a file with a model (YAML or text).",
        show_default=False,
    ),
]


def model(
    model: ModelArgument,
    source: SourceArgument,
    instrument: InstrumentOption = "",
    by: ByOption = "",
    scale: ScaleOption = "",
    margin: MarginOption = None,
    target: Annotated[str, typer.Option(help="The construct whose index and impacts are told, in a text.")] = "",
    without: Annotated[str, typer.Option(help="Constructs to leave out, such as complaints,image.")] = "",
    scheme: Annotated[str, typer.Option(metavar="path|factorial|centroid", help="Weighting scheme.")] = "path",
    consistent: Annotated[bool, typer.Option(help="Consistent PLS: constructs as common factors.")] = False,
    correlations: Annotated[str, typer.Option(metavar="pearson|polychoric", help="How items go together.")] = "pearson",
    missing: Annotated[
        str, typer.Option(metavar="pairwise|listwise|mean", help="What to do about missing answers.")
    ] = "pairwise",
    interval: Annotated[
        str, typer.Option(metavar="percentile|bca|basic", help="How intervals are taken from resamples.")
    ] = "percentile",
    draws: Annotated[int, typer.Option(min=100, help="Resamples.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the random numbers.")] = 1,
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Estimate a structural model: indices from 0 to 100, paths, impacts, reliability, validity, groups."""

    def make() -> ModelAnswer:
        options = {
            "by": by,
            "target": target,
            "without": without,
            "scheme": scheme,
            "consistent": "yes" if consistent else "no",
            "correlations": correlations,
            "missing": missing,
            "interval": interval,
            "draws": float(draws),
            "seed": float(seed),
        }
        return survey_model(
            model,
            source,
            instrument=instrument or None,
            scale=scale_of(scale),
            book=book,
            segments=[by] if by else (),
            margins=margins_of(margin),
            options=options,
        )

    from worthbook.services.survey_model import ModelAnswer, survey_model  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)
