from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.perception.structural.published import read_answers
from worthbook.models.perception.answers import Answers


@pytest.fixture(scope="session")
def mobi(shared: Path) -> Answers:
    """250 users of mobile phones, 24 items from 1 to 10."""
    return read_answers(shared / "data/mobi_ecsi/mobi.csv", (1, 10))


@pytest.fixture(scope="session")
def bank(shared: Path) -> Answers:
    """250 customers of a Spanish bank, 27 items from 0 to 10."""
    return read_answers(shared / "data/bank_satisfaction/satisfaction.csv", (0, 10))
