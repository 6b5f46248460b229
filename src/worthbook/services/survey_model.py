"""A structural model of satisfaction from a file of answers, or from a book."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from worthbook.definitions.reader import read_text
from worthbook.definitions.structure import StructureDefinition
from worthbook.kernel.errors import Fault, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.result import Study
from worthbook.kernel.units import Value
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.planning.structures import Structure, instrument_of_headers, title_of
from worthbook.services.own_definitions import definitions_folder
from worthbook.services.survey_study import OpenSurvey, SurveyAnswer, open_survey

STUDY = "satisfaction_model"

MODEL_UNKNOWN = Fault(
    "structural-model-unknown",
    what=Text(
        en="There is no structural model '{name}', and no such file.", zh="没有名为“{name}”的结构模型，也没有这个文件。"
    ),
    hint=Text(
        en="Name one of the catalogue (`worthbook list structures`), or a file with a model as YAML or text. {near}",
        zh="请使用目录中的模型（`worthbook list structures`），或写有模型的 YAML 或文本文件。{near}",
    ),
)
NO_STRUCTURE = Fault(
    "structural-model-file-empty",
    what=Text(en="{file} defines no structure.", zh="{file} 中没有结构模型（structure）的定义。"),
    hint=Text(en="Begin the document with `structure: name`.", zh="文档请以 `structure: 名称` 开头。"),
)

Options = Mapping[str, str | float | None]


@dataclass(frozen=True)
class ModelAnswer(SurveyAnswer):
    """A fitted structural model."""

    names: Mapping[Text, str] = field(default_factory=dict)
    """Title → name of each construct and interaction."""

    def as_json(self) -> dict[str, object]:
        """Plain values: constructs with index, reliability and R², paths with error and interval, and all tables."""
        plain = super().as_json()
        return {
            **plain,
            "constructs": list(self._constructs()),
            "paths": [self._path(row) for row in _rows(self.study, "paths")],
        }

    def _constructs(self) -> Iterator[dict[str, object]]:
        reliability = {row["construct"]: row for row in _rows(self.study, "reliability")}
        for row in _rows(self.study, "constructs"):
            title = row["construct"]
            yield {
                "name": self._name(title),
                "title": _both(title),
                "items": row["items"],
                "index": row.get("index"),
                "interval": None if row.get("index") is None else [row.get("low"), row.get("high")],
                "index_with_equal_weights": row.get("equal_weights"),
                "reliability": {name: reliability[title].get(name) for name in ("alpha", "rho_a", "rho_c", "ave")},
                "r2": row.get("r2"),
            }

    def _path(self, row: Mapping[str, Value | Text]) -> dict[str, object]:
        return {
            "from": self._name(row["source"]),
            "to": self._name(row["target"]),
            "value": row["value"],
            "standard_error": row["standard_error"],
            "interval": [row["low"], row["high"]],
            "p": row["p"],
            "points": row.get("points"),
        }

    def _name(self, title: Value | Text) -> str:
        return self.names.get(title, title.en) if isinstance(title, Text) else str(title)


def survey_model(  # noqa: PLR0913 - what, of what, and how
    model: str,
    source: Path,
    *,
    instrument: str | None = None,
    scale: tuple[float, float] | None = None,
    book: Path | None = None,
    segments: Collection[str] = (),
    margins: Mapping[str, Mapping[str, float]] | None = None,
    options: Options | None = None,
) -> ModelAnswer:
    """Estimate a structural model.

    Args:
        model: the name of a structure of the catalogue, or a file with one, as YAML or in the notation of models.
        source: a file of answers, or a book.
        instrument: which instrument was used; None for the structure's own.
        scale: the least and the highest answer, for a model whose items are headers of the file.
        book: whose own definitions count too.
        segments: columns that divide respondents.
        margins: column → group → share of the population, to which respondents are weighted.
        options: of the study, in the place of its definition's.

    Raises:
        WorthbookError: structural-model-unknown, or what is wrong with model, file or answers.
    """
    is_book = (source / "book.toml").exists()
    catalogue = read_catalogue(definitions_folder(source if is_book else book))
    structure = find_structure(model, catalogue, str((options or {}).get("target") or "") or None)
    asked = structure.instrument if isinstance(structure, StructureDefinition) else None
    made = None
    if instrument is None and asked is None:
        made = instrument_of_headers(structure.name, _headers(structure), scale or _scale(structure))
    chosen = instrument or asked
    wanted = tuple(dict.fromkeys((*segments, *(margins or {}))))
    with open_survey(source, instrument=chosen, book=book, segments=wanted, made=made) as opened:
        return _made(opened.weighted(margins) if margins else opened, structure, options or {})


def find_structure(model: str, catalogue: Catalogue, target: str | None = None) -> StructureDefinition | Structure:
    """A structure of the catalogue, or the one in a file.

    Raises:
        WorthbookError: structural-model-unknown, structural-model-file-empty, or what is wrong with the file.
    """
    if model in catalogue.structures:
        return catalogue.structures[model]
    file = Path(model)
    if not file.is_file():
        raise MODEL_UNKNOWN(name=model, near=did_you_mean(model, catalogue.structures))
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix.lower() not in {".yaml", ".yml"}:
        return Structure.read(text, str(file), target)
    reading = read_text(text, str(file))
    raise_all(reading.problems)
    found = [each for each in reading.definitions if isinstance(each, StructureDefinition)]
    if not found:
        raise NO_STRUCTURE(file=file.name)
    return found[0]


def _made(opened: OpenSurvey, structure: StructureDefinition | Structure, options: Options) -> ModelAnswer:
    context = replace(opened.context, structures={**opened.catalogue.structures, structure.name: structure})
    study = replace(opened, context=context).study(STUDY, structure=structure.name, **{**options, "strict": "yes"})
    return ModelAnswer(study.study, study.instrument, study.notes, _titles(structure))


def _titles(structure: StructureDefinition | Structure) -> dict[Text, str]:
    """The names of constructs and interactions by their titles."""
    if isinstance(structure, Structure):
        names = {*structure.model.names, *(path.source for path in structure.model.paths)}
        return {structure.title_of(name): name for name in names}
    titles = {name: each.title for name, each in structure.constructs.items()}
    return {title_of(name, titles): name for name in {*titles, *structure.paths}}


def _headers(structure: StructureDefinition | Structure) -> tuple[str, ...]:
    if isinstance(structure, Structure):
        return structure.model.items
    items = [item for each in structure.constructs.values() for item in each.items]
    return tuple(item for item in items if item not in structure.constructs)


def _scale(structure: StructureDefinition | Structure) -> tuple[float, float] | None:
    if isinstance(structure, Structure) or structure.scale is None:
        return None
    return structure.scale.low, structure.scale.high


def _rows(study: Study, name: str) -> list[dict[str, Value | Text]]:
    table = next((table for table in study.tables if table.name == name), None)
    if table is None:
        return []
    return [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]


def _both(text: object) -> object:
    return {"en": text.en, "zh": text.zh} if isinstance(text, Text) else text
