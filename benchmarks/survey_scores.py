"""One million answers to a net promoter question in 100 segments of a book, and 10 000 draws of a Kano survey."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Snapshot, TableFiles
from worthbook.data.survey_tables import SurveyTables
from worthbook.models.perception.kano import ellipses
from worthbook.models.perception.net_promoter import net_promoter
from worthbook.models.perception.tally import Tally
from worthbook.planning.index import read_catalogue
from worthbook.planning.surveys import BookSurveys

RESPONDENTS, SEGMENTS = 1_000_000, 100
KANO = np.array([
    [91, 19, 9, 160, 49, 30], [70, 121, 59, 77, 9, 22], [78, 122, 66, 62, 7, 23],
    [145, 76, 25, 78, 12, 22], [18, 174, 90, 42, 7, 27], [88, 90, 32, 105, 15, 28],
], dtype=float)  # fmt: skip
ROWS = f"""SELECT 'nps' AS survey_id, 'R' || i AS respondent_id, 'C' || i AS customer_id, 'recommend' AS question_id,
    'own' AS brand, NULL::VARCHAR AS wave, floor(random() * 11)::DOUBLE AS value, NULL::VARCHAR AS text,
    0.5 + random() AS weight, TIMESTAMP '2026-03-01' AS answered_at, 'S' || floor(random() * {SEGMENTS}) AS channel,
    'one' AS import_id, i AS import_line FROM range({RESPONDENTS}) t(i)"""


def timed(work: Callable[[], object]) -> float:
    """The shortest of three runs, in CPU seconds."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Print what each takes."""
    catalogue = read_catalogue()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.parquet"
        duckdb.sql(ROWS).write_parquet(str(file))
        snapshot = Snapshot({"answers": TableFiles("answers", ((str(file),),), (), RESPONDENTS)}, {}, 1)
        engine = DuckDB(threads=1)
        surveys = BookSurveys(SurveyTables(engine, snapshot, catalogue.tables, dt.date(2026, 6, 30)))

        def score() -> None:
            groups = surveys.groups(catalogue.instruments["nps"], "recommend", "channel")
            if groups is None or len(groups.names) != SEGMENTS:
                raise AssertionError
            net_promoter(groups.tally)

        print(f"net promoter, {RESPONDENTS:,} answers of a book by {SEGMENTS} segments: {timed(score):.3f} s")
        engine.close()
    print(f"Kano, 6 features, 10,000 draws: {timed(lambda: ellipses(Tally(KANO, KANO, KANO))):.3f} s")


if __name__ == "__main__":
    main()
