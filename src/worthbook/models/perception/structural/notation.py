"""Structural models as text, in the notation that lavaan made common.

# what measures what: =~ reflective (mode A), <~ formative (mode B)
Quality      =~ q1 + q2 + q3
Satisfaction =~ s1 + s2
# what is driven by what; `Quality:Image` is an interaction
Satisfaction  ~ Quality + Image
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from worthbook.kernel.errors import Fault, Place, Problem, raise_all
from worthbook.kernel.language import Text
from worthbook.models.perception.structural.model import TIMES, Construct, Path, StructuralModel

LINE_UNREADABLE = Fault(
    "structure-line-unreadable",
    what=Text(en="'{line}' is no line of a structural model.", zh="“{line}”不是结构模型的有效语句。"),
    hint=Text(
        en="Write `Quality =~ q1 + q2` (reflective), `Quality <~ q1 + q2` (formative) or `Loyalty ~ Quality + Image`.",
        zh="请写成 `Quality =~ q1 + q2`（反映型）、`Quality <~ q1 + q2`（形成型）或 `Loyalty ~ Quality`（路径）。",
    ),
)

_COLON = re.compile(r"\s*:\s*")
_LINE = re.compile(r"^(?P<left>[^=<~+]+?)\s*(?P<sign>=~|<~|~)\s*(?P<right>[^=<~]*)$")


def parse(text: str, file: str = "<text>") -> StructuralModel:
    """The model that a text describes.

    Raises:
        WorthbookError: Lines that cannot be read, all at once, or what is wrong with the model.

    >>> model = parse('''
    ...     Quality =~ q1 + q2     # reflective
    ...     Effort  <~ e1 + e2     # formative
    ...     Loyalty =~ l1
    ...     Loyalty ~ Quality + Effort
    ... ''')
    >>> [(construct.name, construct.mode) for construct in model.constructs], str(model.paths[1])
    ([('Quality', 'A'), ('Effort', 'B'), ('Loyalty', 'A')], 'Effort -> Loyalty')
    """
    constructs: list[Construct] = []
    paths: list[Path] = []
    problems: list[Problem] = []
    for number, line in _statements(text):
        match = _LINE.match(line)
        if match is None:
            problems.append(LINE_UNREADABLE.problem(Place(file, number), line=line))
            continue
        left, sign, right = match["left"].strip(), match["sign"], match["right"]
        terms = tuple(_COLON.sub(TIMES, term) for each in right.split("+") if (term := each.strip()))
        if sign == "~":
            paths += [Path(term, left) for term in terms]
        else:
            constructs.append(Construct(left, terms, "A" if sign == "=~" else "B"))
    raise_all(problems)
    return StructuralModel(tuple(constructs), tuple(paths))


def render(model: StructuralModel) -> str:
    """The text of a model; `parse` reads it back.

    >>> print(render(parse("Quality =~ q1 + q2; Loyalty =~ l1; Loyalty ~ Quality")))
    Quality =~ q1 + q2
    Loyalty =~ l1
    Loyalty ~ Quality
    """
    measured = [
        f"{construct.name} {'=~' if construct.mode == 'A' else '<~'} {' + '.join(construct.items)}"
        for construct in model.constructs
    ]
    targets = dict.fromkeys(path.target for path in model.paths)
    driven = [
        f"{target} ~ {' + '.join(path.source for path in model.paths if path.target == target)}" for target in targets
    ]
    return "\n".join([*measured, *driven])


def interaction(*constructs: str) -> str:
    """The name of an interaction.

    >>> interaction("Quality", "Image")
    'Quality:Image'
    """
    return TIMES.join(constructs)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        for statement in line.split("#")[0].split(";"):
            if statement.strip():
                yield number, statement.strip()
