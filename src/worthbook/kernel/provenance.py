"""Where a column comes from: a hash tree over definitions, dates, makers and, at the leaves, the imported files.

The id of a column is known before the column is made, so it is cache key, audit trail and comparison of runs in one. It
changes exactly when something real changes: what was imported, what a definition computes, the date, or the version of
the maker; a reworded title changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, cast

Kind = Literal["table", "population", "measure", "model", "framework", "segment", "study"]
Fact = str | int | float | bool | None

_ID_LENGTH = 16


def fingerprint(value: object) -> str:
    """A short hash of plain values; the order of keys does not matter.

    >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


@dataclass(frozen=True)
class Provenance:
    """How one thing was made, and from what."""

    kind: Kind
    name: str
    as_of: dt.date | None
    definition: str
    """Fingerprint of what the definition computes; for a table, of the imports visible in it."""
    maker: str
    """What made it, with the version that decides the numbers: `sql 1`, `bg_nbd 1`."""
    made_from: tuple[Provenance, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What was found while making it (`known`, `log_likelihood`); not part of the id."""

    @cached_property
    def id(self) -> str:
        """The hash of everything that decides the values.

        >>> leaf = Provenance("table", "transactions", None, "aa", "import")
        >>> leaf.id == Provenance("table", "transactions", None, "aa", "import", facts={"rows": 3}).id
        True
        """
        as_of = None if self.as_of is None else self.as_of.isoformat()
        parents = sorted(parent.id for parent in self.made_from)
        return fingerprint([self.kind, self.name, as_of, self.definition, self.maker, parents])

    def with_facts(self, **facts: Fact) -> Provenance:
        """The same provenance, knowing more."""
        return replace(self, facts={**self.facts, **facts})

    def walk(self) -> Iterator[Provenance]:
        """This node and everything under it, each once, from the top down."""
        seen: set[str] = set()
        waiting = [self]
        while waiting:
            node = waiting.pop(0)
            if node.id not in seen:
                seen.add(node.id)
                yield node
                waiting.extend(node.made_from)

    def tree(self) -> str:
        """The whole tree as indented text."""
        return "\n".join(self._lines(0))

    def _lines(self, depth: int) -> Iterator[str]:
        facts = "".join(f" {key}={value}" for key, value in self.facts.items())
        yield f"{'  ' * depth}{self.name} [{self.kind} {self.id[:8]}] by {self.maker}{facts}"
        for parent in self.made_from:
            yield from parent._lines(depth + 1)  # noqa: SLF001 - of the same class

    def as_json(self) -> dict[str, object]:
        """Plain values; `from_json` reads them back."""
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "definition": self.definition,
            "maker": self.maker,
            "facts": dict(self.facts),
            "made_from": [parent.as_json() for parent in self.made_from],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Provenance:
        """Read what `as_json` wrote."""
        as_of = cast("str | None", value["as_of"])
        return cls(
            kind=cast("Kind", value["kind"]),
            name=str(value["name"]),
            as_of=None if as_of is None else dt.date.fromisoformat(as_of),
            definition=str(value["definition"]),
            maker=str(value["maker"]),
            made_from=tuple(cls.from_json(each) for each in cast("list[Mapping[str, object]]", value["made_from"])),
            facts=cast("Mapping[str, Fact]", value["facts"]),
        )
