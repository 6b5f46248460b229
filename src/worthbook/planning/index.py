"""The catalogue as one value: one name, one meaning; what makes each column, and what that is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TypeVar

from worthbook.definitions import checks, columns
from worthbook.definitions.alert import AlertDefinition
from worthbook.definitions.columns import Maker
from worthbook.definitions.definition import Definition
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.identity import IdentityDefinition
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.kept import user_cache, user_definitions
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition, with_every
from worthbook.definitions.own_layout import own_layouts
from worthbook.definitions.population import PopulationDefinition
from worthbook.definitions.reader import Reading, combine, in_reading_order, read_folder
from worthbook.definitions.report import ReportDefinition
from worthbook.definitions.segment import SegmentDefinition, with_events
from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.definitions.vocabulary import VocabularyDefinition
from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import fingerprint
from worthbook.kernel.result import ColumnMeta

NAME_UNKNOWN = Fault(
    "name-unknown",
    what=Text(en="Nothing is called '{name}'.", zh="没有名为“{name}”的内容。"),
    hint=Text(en="`worthbook list` shows all names. {near}", zh="可用 `worthbook list` 查看全部名称。{near}"),
)

ALL_SEGMENTS = "segments"
"""The method of studies that are about every segment of the book, without naming them."""

_Kind = TypeVar("_Kind", bound=Definition)


@dataclass(frozen=True)
class Catalogue:
    """All definitions that hold for a book, by name and sorted by it."""

    tables: Mapping[str, TableDefinition]
    mappings: Mapping[str, MappingDefinition]
    populations: Mapping[str, PopulationDefinition]
    measures: Mapping[str, MeasureDefinition]
    models: Mapping[str, ModelDefinition]
    frameworks: Mapping[str, FrameworkDefinition]
    segments: Mapping[str, SegmentDefinition]
    alerts: Mapping[str, AlertDefinition]
    studies: Mapping[str, StudyDefinition]
    reports: Mapping[str, ReportDefinition]
    instruments: Mapping[str, InstrumentDefinition]
    structures: Mapping[str, StructureDefinition]
    identities: Mapping[str, IdentityDefinition]
    vocabularies: Mapping[str, VocabularyDefinition]
    own: frozenset[str] = frozenset()
    """The names of the definitions that the book itself adds or puts in the place of shipped ones."""
    _needs: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, definitions: Iterable[Definition], own: Iterable[str] = ()) -> Catalogue:
        """Index some definitions that have no problems; `own` are the names of those that are the book's."""
        found = sorted(with_every(with_events(definitions)), key=lambda each: each.name)
        return cls(
            tables=_by_name(found, TableDefinition),
            mappings=_mappings(found),
            populations=_by_name(found, PopulationDefinition),
            measures=_by_name(found, MeasureDefinition),
            models=_by_name(found, ModelDefinition),
            frameworks=_by_name(found, FrameworkDefinition),
            segments=_by_name(found, SegmentDefinition),
            alerts=_by_name(found, AlertDefinition),
            studies=_by_name(found, StudyDefinition),
            reports=_by_name(found, ReportDefinition),
            instruments=_by_name(found, InstrumentDefinition),
            structures=_by_name(found, StructureDefinition),
            identities=_by_name(found, IdentityDefinition),
            vocabularies=_by_name(found, VocabularyDefinition),
            own=frozenset(own),
        )

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """All of them, kind by kind."""
        kinds: tuple[Mapping[str, Definition], ...] = (
            self.measures,
            self.models,
            self.frameworks,
            self.segments,
            self.alerts,
            self.studies,
            self.reports,
            self.tables,
            self.mappings,
            self.populations,
            self.instruments,
            self.structures,
            self.identities,
            self.vocabularies,
        )
        return tuple(definition for kind in kinds for definition in kind.values())

    @cached_property
    def makers(self) -> Mapping[str, Maker]:
        """Every column about customers, and what makes it."""
        kinds: tuple[Mapping[str, Maker], ...] = (self.measures, self.models, self.frameworks, self.segments)
        makers = (maker for kind in kinds for maker in kind.values())
        return {column: maker for maker in makers for column in columns.columns_made(maker)}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name: of definitions, and of columns."""
        return frozenset({*self.makers, *(definition.name for definition in self.definitions)})

    def find(self, name: str) -> Definition:
        """The definition of this name, or the one that makes the column of this name.

        Raises:
            WorthbookError: `name-unknown`.
        """
        if name in self.makers:
            return self.makers[name]
        found = next((definition for definition in self.definitions if definition.name == name), None)
        if found is None:
            raise NAME_UNKNOWN(name=name, near=did_you_mean(name, self.names))
        return found

    def maker(self, name: str) -> Maker:
        """What makes a column; or the measure, model, framework or segment of this name.

        Raises:
            WorthbookError: `name-unknown`.
        """
        made = self.makers.get(name) or self.models.get(name)
        if made is None:
            near = did_you_mean(name, {*self.makers, *self.models})
            raise NAME_UNKNOWN(name=name, near=near)
        return made

    def columns_of(self, name: str) -> tuple[str, ...]:
        """The columns that a measure, model, framework or segment makes."""
        return columns.columns_made(self.maker(name))

    def needs(self, name: str) -> frozenset[str]:
        """The names that something is made from directly; for a measure over a table, none: it is made from rows.

        For columns, models and frameworks these are columns; for a study columns, models or frameworks, the optional
        ones among them; for a report all that it shows; for a table other tables.
        """
        return self.needs_of(self.find(name))

    def needs_of(self, definition: Definition) -> frozenset[str]:
        """The same for a definition at hand."""
        key = (definition.noun, definition.name)
        if key not in self._needs:
            # sqlglot is slow to load, and a list of names does not need it.
            from worthbook.data.formula import parse  # noqa: PLC0415

            about_all = isinstance(definition, StudyDefinition) and definition.method == ALL_SEGMENTS
            self._needs[key] = columns.needs(definition, parse) | (set(self.segments) if about_all else set())
        return self._needs[key]

    def behind(self, names: Iterable[str]) -> frozenset[str]:
        """Some columns, and every column that they are made from."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.needs_of(self.maker(name))
        return frozenset(found)

    def meta(self, name: str) -> ColumnMeta:
        """What a column means, with the caveats of everything it is made from."""
        maker = self.maker(name)
        return columns.meta(maker, name, self.caveats(maker))

    def caveats(self, definition: Definition) -> tuple[Text, ...]:
        """What to bear in mind: its own caveats first, then those of everything it is made from, each once."""
        return tuple(dict.fromkeys(self._caveats(definition, set())))

    def _caveats(self, definition: Definition, seen: set[tuple[str, str]]) -> Iterator[Text]:
        seen.add((definition.noun, definition.name))
        yield from definition.caveats
        parents: list[Definition] = [self.find(name) for name in sorted(self.needs_of(definition))]
        if isinstance(definition, MeasureDefinition) and definition.table is not None:
            parents.append(self.tables[definition.table])
        for parent in parents:
            if (parent.noun, parent.name) not in seen:
                yield from self._caveats(parent, seen)


def read_catalogue(own: Path | None = None) -> Catalogue:
    """The shipped definitions, with those in a book's folder added to them or in their place.

    The shipped ones are checked by the tests; a book's are checked here, together with those that they refer to.

    Raises:
        WorthbookError: with every problem of every file.
    """
    recipes = read_recipes()
    added = Reading() if own is None else read_own(own)
    reading = combine(combine(read_shipped(), recipes), added)
    raise_all(find_problems(reading) if added.definitions or recipes.definitions else reading.problems)
    return Catalogue.of(reading.definitions, own=(definition.name for definition in added.definitions))


def read_recipes() -> Reading:
    """The mappings that the user saved outside any book; other definitions belong into a book, with the numbers."""
    folder = user_definitions()
    found = read_own(folder) if folder.is_dir() else Reading()
    return replace(found, definitions=tuple(each for each in found.definitions if isinstance(each, MappingDefinition)))


@cache
def read_shipped() -> Reading:
    """The definitions that come with the package; a process reads them once."""
    folder = resources.files("worthbook") / "catalogue"
    kept = _kept(str(folder))  # so that two installed versions do not forget each other's
    return combine(Reading(), read_folder(folder, "catalogue", kept))


def read_own(folder: Path) -> Reading:
    """The definitions in a book's folder by themselves."""
    here = Path.cwd()
    label = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return read_folder(folder, label.as_posix(), _kept(str(folder.resolve())))


def find_problems(reading: Reading) -> tuple[Problem, ...]:
    """What is wrong with each definition, and between them."""
    from worthbook.data.formula import parse  # noqa: PLC0415  see Catalogue.needs
    from worthbook.planning import judged  # noqa: PLC0415
    from worthbook.planning.misfits import misfits  # noqa: PLC0415

    alone = (*misfits(reading.definitions), *judged.problems(reading.definitions))
    found = (*reading.problems, *checks.problems(reading, parse), *alone)
    return tuple(sorted(found, key=in_reading_order))


def _mappings(definitions: Iterable[Definition]) -> dict[str, MappingDefinition]:
    """Those that are declared, and the layouts that follow from the tables."""
    declared = _by_name(definitions, MappingDefinition)
    own = own_layouts(_by_name(definitions, TableDefinition).values(), declared.values())
    return dict(sorted({**{each.name: each for each in own}, **declared}.items()))


def _by_name(definitions: Iterable[Definition], kind: type[_Kind]) -> dict[str, _Kind]:
    return {each.name: each for each in definitions if isinstance(each, kind)}


def _kept(folder: str) -> Path:
    return user_cache() / "definitions" / f"{fingerprint(folder)}.json"
