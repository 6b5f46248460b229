"""From YAML files to frozen definitions: every problem of every file at once, each with its file and line.

A file may hold several definitions, parted by lines of `---`; the first key of each says what kind it is and gives its
name: `measure: revenue_12m`. The folders and names of files say nothing, and their order changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from worthbook.definitions import windows
from worthbook.definitions.alert import AlertDefinition
from worthbook.definitions.definition import Definition
from worthbook.definitions.documents import Document, Documents, read_documents
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.identity import IdentityDefinition
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.kept import KeptDocuments
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.population import PopulationDefinition
from worthbook.definitions.refusals import empty_texts, problems_of
from worthbook.definitions.report import ReportDefinition
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.definitions.vocabulary import VocabularyDefinition
from worthbook.kernel.errors import Fault, Place, Problem, did_you_mean
from worthbook.kernel.language import Text

NOUN_UNKNOWN = Fault(
    "definition-kind-unknown",
    what=Text(en="'{noun}' is not a kind of definition.", zh="“{noun}”不是定义的类型。"),
    hint=Text(
        en="The first key names the kind, as in `measure: revenue_12m`. {near}",
        zh="首个键表示类型，例如 `measure: revenue_12m`。{near}",
    ),
)
NAME_MISSING = Fault(
    "definition-name-missing",
    what=Text(en="The {noun} has no name.", zh="此 {noun} 没有名称。"),
    hint=Text(en="Write the name behind the kind: `{noun}: …`.", zh="请在类型后写名称：`{noun}: …`。"),
)
NAME_ASIDE = Fault(
    "definition-name-aside",
    what=Text(en="'name' is not a key.", zh="没有“name”这个键。"),
    hint=Text(en="The name stands behind the kind: `{noun}: {name}`.", zh="名称写在类型之后：`{noun}: {name}`。"),
)
DEFINED_TWICE = Fault(
    "definition-twice",
    what=Text(
        en="The {noun} '{name}' is defined twice; first in {first}.", zh="{noun}“{name}”重复定义，首次定义于 {first}。"
    ),
    hint=Text(en="Rename or remove one of the two.", zh="请改名或删除其中一处。"),
)
NAME_TAKEN = Fault(
    "definition-name-taken",
    what=Text(en="Worthbook ships a {noun} '{name}' already.", zh="Worthbook 已自带名为“{name}”的 {noun}。"),
    hint=Text(
        en="Choose another name, or write `replaces: {name}` to put yours in its place.",
        zh="请另取名称；若要以自定义内容取代，请写 `replaces: {name}`。",
    ),
)
REPLACES_NOTHING = Fault(
    "definition-replaces-nothing",
    what=Text(en="There is no shipped {noun} '{name}' to replace.", zh="没有名为“{name}”的自带 {noun} 可供取代。"),
    hint=Text(en="{near}", zh="{near}"),
)
REPLACES_OTHER = Fault(
    "definition-replaces-other",
    what=Text(en="'{name}' cannot replace '{replaces}'.", zh="“{name}”不能取代“{replaces}”。"),
    hint=Text(
        en="What takes the place of a shipped definition has its name: `{noun}: {replaces}`.",
        zh="取代自带定义时须沿用其名称：`{noun}: {replaces}`。",
    ),
)
FILE_NOT_UTF8 = Fault(
    "definition-file-not-utf8",
    what=Text(en="The file is not text in UTF-8.", zh="该文件不是 UTF-8 编码的文本。"),
    hint=Text(en="Save it again as UTF-8.", zh="请另存为 UTF-8 编码。"),
)

NOUNS: dict[str, type[Definition]] = {
    each.noun: each
    for each in (
        TableDefinition,
        MappingDefinition,
        PopulationDefinition,
        InstrumentDefinition,
        StructureDefinition,
        VocabularyDefinition,
        MeasureDefinition,
        ModelDefinition,
        FrameworkDefinition,
        SegmentDefinition,
        AlertDefinition,
        StudyDefinition,
        ReportDefinition,
        IdentityDefinition,
    )
}
"""Every kind of definition by the key that opens it."""


@dataclass(frozen=True)
class Reading:
    """What some files define, and what is wrong with the rest."""

    definitions: tuple[Definition, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: frozenset[str] = frozenset()
    """Names of definitions that are there but could not be read; `*` stands for any window."""

    def was_refused(self, name: str) -> bool:
        """Whether a name is missing only because its definition could not be read."""
        return any(fnmatchcase(name, pattern) for pattern in self.refused)


def read_text(text: str, file: str) -> Reading:
    """The definitions in one text; `file` is its name in messages."""
    return _gather([read_documents(text, file)])


def read_folder(folder: Traversable, label: str, kept: Path | None = None) -> Reading:
    """The definitions in all YAML files of a folder and the folders within.

    `label` stands for the folder in messages. Parsing YAML is slow, so that `kept`, a file in the user's cache,
    remembers the parsed form of files that have not changed since.
    """
    memory = KeptDocuments(kept)
    found: list[Documents] = []
    for file, name in sorted(_yaml_files(folder, label), key=lambda each: each[1]):
        try:
            text = file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            found.append(Documents(problems=(FILE_NOT_UTF8.problem(Place(name)),)))
        else:
            found.append(memory.read(text, name))
    memory.save()
    return _gather(found)


def combine(shipped: Reading, own: Reading) -> Reading:
    """Add a book's own definitions to the shipped ones; they take the place of those that they say they replace."""
    there = {_key(each): each for each in shipped.definitions}
    problems = [problem for each in own.definitions for problem in _misplaced(each, there)]
    replaced = {_key(each) for each in own.definitions}
    definitions = (*(each for each in shipped.definitions if _key(each) not in replaced), *own.definitions)
    return Reading(definitions, (*shipped.problems, *own.problems, *problems), shipped.refused | own.refused)


def _misplaced(own: Definition, shipped: dict[tuple[str, str], Definition]) -> Iterator[Problem]:
    if own.replaces is None:
        if _key(own) in shipped:
            yield NAME_TAKEN.problem(own.place, noun=own.noun, name=own.name)
        return
    where = own.place_of("replaces")
    if (own.noun, own.replaces) not in shipped:
        near = did_you_mean(own.replaces, (name for noun, name in shipped if noun == own.noun))
        yield REPLACES_NOTHING.problem(where, noun=own.noun, name=own.replaces, near=near)
    elif own.replaces != own.name:
        yield REPLACES_OTHER.problem(where, noun=own.noun, name=own.name, replaces=own.replaces)


def _gather(files: Iterable[Documents]) -> Reading:
    """Validate the documents of some files and look for doubles."""
    files = tuple(files)
    definitions: dict[tuple[str, str], Definition] = {}
    problems = [problem for file in files for problem in file.problems]
    refused = {name.replace(windows.PLACEHOLDER, "*") for file in files for name in file.broken}
    for document in (document for file in files for document in file.readable):
        made, wrong = _definitions(document)
        if wrong:
            problems += dict.fromkeys(wrong)
            refused |= _names(document)
            continue
        for each in made:
            first = definitions.setdefault(_key(each), each)
            if first is not each:
                problems.append(DEFINED_TWICE.problem(each.place, noun=each.noun, name=each.name, first=first.place))
    problems.sort(key=in_reading_order)
    return Reading(tuple(definitions[key] for key in sorted(definitions)), tuple(problems), frozenset(refused))


def _definitions(document: Document) -> tuple[list[Definition], list[Problem]]:
    """The definitions that one document declares: one, or one per window."""
    cls = NOUNS.get(document.noun)
    if cls is None:
        near = did_you_mean(document.noun, NOUNS)
        return [], [NOUN_UNKNOWN.problem(document.place, noun=document.noun, near=near)]
    if not isinstance(document.name, str) or not document.name:
        return [], [NAME_MISSING.problem(document.place, noun=document.noun)]
    trees, problems = windows.expand(document) if cls is MeasureDefinition else ([document.tree], [])
    problems += empty_texts(document.tree, document)
    if "name" in document.tree:
        problems.append(NAME_ASIDE.problem(document.place_of(("name",)), noun=document.noun, name=document.name))
    made: list[Definition] = []
    for tree in trees:
        try:
            definition = cls.model_validate({"name": document.name, **tree})
        except ValidationError as error:
            problems += problems_of(error, document, cls, tree)
        else:
            made.append(definition.located(document.place, document.lines))
    return made, problems


def _names(document: Document) -> set[str]:
    """The names that a document would have given."""
    gives = document.tree.get("gives")
    columns = set(gives) if isinstance(gives, dict) else set()
    return {str(document.name).replace(windows.PLACEHOLDER, "*"), *columns}


def _key(definition: Definition) -> tuple[str, str]:
    return definition.noun, definition.name


def in_reading_order(problem: Problem) -> tuple[str, int]:
    """What problems are sorted by: file and line."""
    where = problem.where or Place("")
    return where.file, where.line or 0


def _yaml_files(folder: Traversable, label: str) -> Iterator[tuple[Traversable, str]]:
    if not folder.is_dir():
        return
    for each in folder.iterdir():
        name = f"{label}/{each.name}"
        if each.is_dir():
            yield from _yaml_files(each, name)
        elif each.name.endswith((".yaml", ".yml")):
            yield each, name
