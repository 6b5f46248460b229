"""The models of the published data sets, and readers of their answers and tables."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.answers import Answers

MOBI = """
    Image        =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
    Expectation  =~ CUEX1 + CUEX2 + CUEX3
    Quality      =~ PERQ1 + PERQ2 + PERQ3 + PERQ4 + PERQ5 + PERQ6 + PERQ7
    Value        =~ PERV1 + PERV2
    Satisfaction =~ CUSA1 + CUSA2 + CUSA3
    Complaints   =~ CUSCO
    Loyalty      =~ CUSL1 + CUSL2 + CUSL3
    Expectation  ~ Image
    Quality      ~ Expectation
    Value        ~ Expectation + Quality
    Satisfaction ~ Image + Expectation + Quality + Value
    Complaints   ~ Satisfaction
    Loyalty      ~ Image + Satisfaction + Complaints
"""
"""The European index on mobile phones (Tenenhaus, Vinzi, Chatelin and Lauro 2005)."""

BANK = """
    IMAG =~ imag1 + imag2 + imag3 + imag4 + imag5
    EXPE =~ expe1 + expe2 + expe3 + expe4 + expe5
    QUAL =~ qual1 + qual2 + qual3 + qual4 + qual5
    VAL  =~ val1 + val2 + val3 + val4
    SAT  =~ sat1 + sat2 + sat3 + sat4
    LOY  =~ loy1 + loy2 + loy3 + loy4
    EXPE ~ IMAG
    QUAL ~ EXPE
    VAL  ~ EXPE + QUAL
    SAT  ~ IMAG + EXPE + QUAL + VAL
    LOY  ~ IMAG + SAT
"""

INFLUENCER = """
    SIC <~ sic_1 + sic_2 + sic_3 + sic_4 + sic_5 + sic_6 + sic_7
    PL  =~ pl_1 + pl_2 + pl_3 + pl_4
    PQ  =~ pq_1 + pq_2 + pq_3 + pq_4
    PI  =~ pi_1 + pi_2 + pi_3 + pi_4 + pi_5
    WTP =~ wtp
    PL ~ SIC
    PQ ~ SIC
    PI ~ SIC + PL + PQ
    WTP ~ PI
"""

COMMON_FACTORS = """
    eta1 =~ y11 + y12 + y13
    eta2 =~ y21 + y22 + y23
    eta3 =~ y31 + y32 + y33
    eta2 ~ eta1
    eta3 ~ eta1 + eta2
"""


def read_answers(path: Path, bounds: tuple[float, float] | None = None) -> Answers:
    """The numeric columns of a file, all on one scale."""
    names, columns = read_columns(path)
    numeric = [name for name in names if is_number(columns[name][0])]
    values = [[float(cell or "nan") for cell in columns[name]] for name in numeric]
    return Answers(numeric, np.array(values).T, bounds=None if bounds is None else dict.fromkeys(numeric, bounds))


def read_columns(path: Path) -> tuple[list[str], dict[str, list[str]]]:
    """Every column as text."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        head, *rows = csv.reader(lines)
    return head, dict(zip(head, (list(column) for column in zip(*rows, strict=True)), strict=True))


def is_number(text: str) -> bool:
    """Whether a cell is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def read_table(path: Path, rows: Sequence[str], columns: Sequence[str]) -> FloatArray:
    """A published table in our order; NaN where it says nothing."""
    head, cells = read_columns(path)
    labels = cells[head[0]]
    table = [
        [cells[column][labels.index(row)] if column in cells and row in labels else "" for column in columns]
        for row in rows
    ]
    return np.array([[float(cell) if is_number(cell) else np.nan for cell in row] for row in table])
