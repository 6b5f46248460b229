"""Identity: what speaks for and against two customers being one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from worthbook.definitions.definition import Definition, Part
from worthbook.kernel.language import Text

EvidenceKind = Literal[
    "id", "credit_code", "email", "phone", "masked_phone", "name_and_birthday", "company", "name", "birthday"
]
"""What is compared of two customers; how each is made comparable is in `worthbook.data.normal`."""

Weight = Annotated[float, Field(ge=0, lt=1)]


class Evidence(Part):
    """What it says about two customers that something of theirs is the same, or is not."""

    same: Weight
    """How far it goes by itself to show that they are one: 0 says nothing, close to 1 settles it."""
    different: Weight = 0.0
    """How far it speaks against it where both are known and differ."""
    proposes: bool = False
    """Whether customers are compared at all because of it; what many strangers share must not."""
    if_same: Text
    if_different: Text | None = None


class IdentityDefinition(Definition):
    """When two customers may be one."""

    noun: ClassVar[str] = "identity"

    nobodys: tuple[str, ...]
    """Phone numbers and e-mail addresses that are typed in when there is none."""
    legal_forms: tuple[str, ...]
    """Endings of a firm's name that say nothing about which firm it is."""
    evidence: Mapping[EvidenceKind, Evidence]
    most_in_block: Annotated[int, Field(ge=2)] = 20
    """What more customers than this have in common (the shop's own phone) proposes no pair."""
    least_score: Weight = 0.3
    """Pairs with a lower score are not proposed."""
