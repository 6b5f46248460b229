"""A line that gives no row to any table is skipped and said, so that of every accepted line something is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.importing import count, notes
from tests.data.test_wide import brought
from worthbook.kernel.errors import WorthbookError

CONDITIONAL = """
fields:
  id: {names: [id], unit: id}
  who: {names: [who], unit: id}
  kind: {names: [kind]}
  day: {names: [day], unit: time}
feeds:
  - table: complaints
    when: kind = 'complaint'
    columns: {complaint_id: id, customer_id: who, opened_at: day}
  - table: interactions
    when: kind = 'call'
    columns: {interaction_id: id, customer_id: who, happened_at: day}
"""
TOUCHES = """id,who,kind,day
1,A,complaint,2026-01-01
2,A,newsletter,2026-01-02
3,B,call,2026-01-03
,B,call,2026-01-04
5,B,,2026-01-05
"""
WIDE = """
fields:
  customer: {names: [client], unit: id, needed: true}
  month: {names: [month], unit: date, needed: true}
wide:
  balance: {headers: ["bal_*"], unit: money}
feeds:
  - table: holdings
    each: balance
    when: balance <> 0
    columns: {customer_id: customer, product_id: balance_header, month: month, balance: balance}
"""
BALANCES = "client,month,bal_fund,bal_loan\nA,2026-01-31,5,0\nB,2026-01-31,0,0\nC,2026-01-31,,7\nD,2026-01-31,,\n"


@pytest.mark.parametrize(
    ("declared", "text", "counts", "first"),
    [(CONDITIONAL, TOUCHES, (5, 2, 0, 3), 3), (WIDE, BALANCES, (4, 2, 0, 2), 3)],
    ids=["every feed has a condition, or the key is blank", "no column that is alike holds anything"],
)
def test_lines_that_no_feed_takes_are_skipped(
    tmp_path: Path, declared: str, text: str, counts: tuple[int, ...], first: int
) -> None:
    book, report = brought(tmp_path, declared, text)
    assert (report.read, report.accepted, report.rejected, report.skipped) == counts
    said = f"Lines skipped: {counts[3]}, the first is line {first}: nothing in them that this layout imports."
    assert said in notes(report)
    assert sum(count(book, name) for name in report.tables) == counts[1]


def test_a_file_of_nothing_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorthbookError, match="nothing in them that this layout imports"):
        brought(tmp_path, CONDITIONAL, "id,who,kind,day\n1,A,letter,2026-01-01\n")
