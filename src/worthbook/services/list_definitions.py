"""List the definitions of one kind, or of all kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from worthbook.definitions.alert import AlertDefinition
from worthbook.definitions.definition import Definition
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.definitions.vocabulary import VocabularyDefinition
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.services.own_definitions import definitions_folder

KIND_UNKNOWN = Fault(
    "list-kind-unknown",
    what=Text(en="'{kind}' cannot be listed.", zh="无法列出“{kind}”。"),
    hint=Text(en="{near}", zh="{near}"),
)

KINDS: Mapping[str, Text] = {
    "measures": Text(en="Measures", zh="指标"),
    "models": Text(en="Models", zh="模型"),
    "frameworks": Text(en="Frameworks", zh="分层框架"),
    "segments": Text(en="Segments", zh="客群"),
    "alerts": Text(en="Alerts", zh="预警"),
    "studies": Text(en="Studies", zh="专题研究"),
    "reports": Text(en="Reports", zh="报告"),
    "tables": Text(en="Tables", zh="数据表"),
    "mappings": Text(en="Mappings", zh="文件映射"),
    "populations": Text(en="Populations", zh="客户总体"),
    "instruments": Text(en="Instruments", zh="调查问卷"),
    "structures": Text(en="Structural models", zh="结构模型"),
    "identities": Text(en="Identities", zh="身份识别"),
    "vocabularies": Text(en="Vocabularies", zh="评论词库"),
}


@dataclass(frozen=True)
class Listed:
    """One line of a list."""

    kind: str
    name: str
    title: Text
    about: Text
    """A measure's unit, what a model gives, a framework's cells, a table's columns."""
    where: str
    """File and line."""

    def as_json(self) -> dict[str, object]:
        """Plain values, for `--json`."""
        return {
            "kind": self.kind,
            "name": self.name,
            "title": {"en": self.title.en, "zh": self.title.zh},
            "about": {"en": self.about.en, "zh": self.about.zh},
            "where": self.where,
        }


def list_definitions(kind: str | None = None, book: Path | None = None) -> tuple[Listed, ...]:
    """The definitions of one of `KINDS`, sorted by name; of all kinds if none is given.

    Raises:
        WorthbookError: `list-kind-unknown`; if there is no book; if its definitions have problems.
    """
    if kind is not None and kind not in KINDS:
        raise KIND_UNKNOWN(kind=kind, near=did_you_mean(kind, KINDS))
    catalogue = read_catalogue(definitions_folder(book))
    return tuple(
        Listed(each, definition.name, definition.title, _about(definition), str(definition.place))
        for each in ([kind] if kind else KINDS)
        for definition in definitions_of(catalogue, each)
    )


def definitions_of(catalogue: Catalogue, kind: str) -> tuple[Definition, ...]:
    """The definitions of one of `KINDS`, sorted by name."""
    found: Mapping[str, Mapping[str, Definition]] = {
        "measures": catalogue.measures,
        "models": catalogue.models,
        "frameworks": catalogue.frameworks,
        "segments": catalogue.segments,
        "alerts": catalogue.alerts,
        "studies": catalogue.studies,
        "reports": catalogue.reports,
        "tables": catalogue.tables,
        "mappings": catalogue.mappings,
        "populations": catalogue.populations,
        "instruments": catalogue.instruments,
        "structures": catalogue.structures,
        "identities": catalogue.identities,
        "vocabularies": catalogue.vocabularies,
    }
    return tuple(found[kind].values())


def _about(definition: Definition) -> Text:  # noqa: C901, PLR0911 - one return a kind
    match definition:
        case MeasureDefinition():
            return definition.unit.title
        case ModelDefinition():
            return _names(definition.gives)
        case FrameworkDefinition() | StructureDefinition():
            parts = definition.cells if isinstance(definition, FrameworkDefinition) else definition.constructs.values()
            return _joined(part.title for part in parts)
        case SegmentDefinition():
            return _names([each for each in (definition.when, definition.list) if each is not None])
        case AlertDefinition(when=when):
            return Text(en=when, zh=when)
        case TableDefinition():
            return _names(definition.columns)
        case MappingDefinition():
            return _names(dict.fromkeys(feed.table for feed in definition.feeds))
        case StudyDefinition():
            return _names(dict.fromkeys(definition.inputs.values()))
        case InstrumentDefinition():
            return _asked(definition)
        case VocabularyDefinition():
            return _joined(theme.title for theme in definition.themes.values())
        case _:
            return Text(en="", zh="")


def _asked(instrument: InstrumentDefinition) -> Text:
    """How many questions there are, and about what."""
    about = _joined(instrument.constructs.values() or instrument.topics.values())
    count = len(instrument.questions)
    return Text(en=f"{count}: {about.en}", zh=f"{count}题：{about.zh}")


def _joined(texts: Iterable[Text]) -> Text:
    each = tuple(texts)
    return Text(en=", ".join(text.en for text in each), zh="、".join(text.zh for text in each))


def _names(names: Iterable[str]) -> Text:
    text = ", ".join(names)
    return Text(en=text, zh=text)
