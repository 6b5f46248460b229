"""An evaluation in short, as plain values for programs."""

from __future__ import annotations

from worthbook.kernel.evaluation import Evaluation


def summary_of(evaluation: Evaluation) -> dict[str, object]:
    """What a program wants to know first."""
    return {
        "run": evaluation.run_id,
        "as_of": evaluation.as_of.isoformat(),
        "customers": evaluation.customers,
        "currency": evaluation.currency,
        "facts": dict(evaluation.facts),
        "findings": [
            {"en": finding.text.en, "zh": finding.text.zh, "tone": finding.tone} for finding in evaluation.findings
        ],
        "cautions": [{"en": caution.text.en, "zh": caution.text.zh} for caution in evaluation.cautions],
        "tiers": [
            {
                "framework": evaluation.headline.name,
                "key": cell.key,
                "title": {"en": cell.title.en, "zh": cell.title.zh},
                "customers": cell.customers,
                "customer_share": cell.customer_share,
                "value": cell.value,
                "value_share": cell.value_share,
            }
            for cell in evaluation.headline.cells
        ],
        "models": [
            {
                "name": model.name,
                "parameters": [
                    dict(zip([column.name for column in model.parameters.columns], row, strict=True))
                    for row in model.parameters.rows
                ],
                "facts": dict(model.facts),
                "grade": model.grade,
                "verdict": {"en": model.verdict.en, "zh": model.verdict.zh},
            }
            for model in evaluation.models
        ],
        "sources": [vars(source) for source in evaluation.sources],
    }
