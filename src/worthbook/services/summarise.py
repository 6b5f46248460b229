"""An evaluation in short, as plain values for programs."""

from __future__ import annotations

from worthbook.kernel.evaluation import CellResult, Evaluation
from worthbook.kernel.language import Text


def summary_of(evaluation: Evaluation) -> dict[str, object]:
    """What a program wants to know first."""
    return {
        "run": evaluation.run_id,
        "as_of": evaluation.as_of.isoformat(),
        "customers": evaluation.customers,
        "currency": evaluation.currency,
        "facts": dict(evaluation.facts),
        "findings": [{**_both(finding.text), "tone": finding.tone} for finding in evaluation.findings],
        "cautions": [_both(caution.text) for caution in evaluation.cautions],
        "tiers": [{"framework": evaluation.headline.name, **_cell(cell)} for cell in evaluation.headline.cells],
        "frameworks": {
            framework.name: {
                "title": _both(framework.title),
                "cells": [_cell(cell) for cell in framework.cells],
                "unplaced": framework.unplaced,
            }
            for framework in evaluation.frameworks
        },
        "waiting": {
            each.name: {"title": _both(each.title), "needs": [_both(need) for need in each.needs]}
            for each in evaluation.waiting
        },
        "models": [
            {
                "name": model.name,
                "parameters": [
                    dict(zip([column.name for column in model.parameters.columns], row, strict=True))
                    for row in model.parameters.rows
                ],
                "facts": dict(model.facts),
                "grade": model.grade,
                "verdict": _both(model.verdict),
            }
            for model in evaluation.models
        ],
        "sources": [vars(source) for source in evaluation.sources],
    }


def _cell(cell: CellResult) -> dict[str, object]:
    return {
        "key": cell.key,
        "title": _both(cell.title),
        "customers": cell.customers,
        "customer_share": cell.customer_share,
        "value": cell.value,
        "value_share": cell.value_share,
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
