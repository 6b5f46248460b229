"""One million answers to a net promoter question in 100 segments, and 10 000 bootstrap draws of a Kano survey."""

from __future__ import annotations

import time
from collections.abc import Callable

import duckdb
import numpy as np

from worthbook.models.perception.kano import ellipses
from worthbook.models.perception.net_promoter import ANSWERS, net_promoter
from worthbook.models.perception.tally import Tally

RESPONDENTS, SEGMENTS = 1_000_000, 100
KANO = np.array([
    [91, 19, 9, 160, 49, 30], [70, 121, 59, 77, 9, 22], [78, 122, 66, 62, 7, 23],
    [145, 76, 25, 78, 12, 22], [18, 174, 90, 42, 7, 27], [88, 90, 32, 105, 15, 28],
], dtype=float)  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """The shortest of three runs, in CPU seconds."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def count_and_score(connection: duckdb.DuckDBPyConnection) -> None:
    """Count in the engine, score what was counted."""
    rows = connection.execute(
        "SELECT segment, answer, count(*), sum(weight), sum(weight * weight) FROM answers GROUP BY ALL"
    ).fetchnumpy()
    sums = [np.zeros((SEGMENTS, ANSWERS)) for _ in range(3)]
    columns = [each for name, each in rows.items() if name not in {"segment", "answer"}]
    for table, values in zip(sums, columns, strict=True):
        table[rows["segment"], rows["answer"]] = values
    net_promoter(Tally(*sums))


def main() -> None:
    """Print what each takes."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            f"CREATE TABLE answers AS SELECT (random() * {SEGMENTS - 1})::INT AS segment, (random() * 10)::INT AS answer, "
            f"0.5 + random() AS weight FROM range({RESPONDENTS})"
        )
        print(
            f"net promoter, {RESPONDENTS:,} answers, {SEGMENTS} segments: {timed(lambda: count_and_score(connection)):.3f} s"
        )
    print(f"Kano, 6 features, 10,000 draws: {timed(lambda: ellipses(Tally(KANO, KANO, KANO))):.3f} s")


if __name__ == "__main__":
    main()
