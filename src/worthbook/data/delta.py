"""Stored tables: Delta Lake tables whose files DuckDB writes, sorted, and whose log `deltalake` keeps.

Files are written first and mean nothing; the commit that names them in the log takes milliseconds. So a process that is
killed leaves at most files that nobody reads.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import duckdb
from deltalake import DeltaTable, Field, Schema
from deltalake.exceptions import CommitFailedError
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, RemoveAction

from worthbook.data.engine import SHAPE
from worthbook.kernel.money import DECIMAL_PLACES, STORED_DIGITS
from worthbook.kernel.units import Storage
from worthbook.kernel.whole import replacing

BUCKET = "bucket"
EARLIER = "earlier-"
"""How the names of files begin whose rows later imports superseded; they are read only when those are undone."""

PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, WRITE_BLOOM_FILTER false"
"""How DuckDB writes the files of tables. The second version of the format packs numbers of lines and long texts, and is
written in a tenth less time; harder compression takes a tenth more and saves nothing; and rows that lie in order are
found without filters."""

MEMORY = "2GB"
"""How much memory DuckDB takes to write tables, before it goes on on disk."""

SQL_TYPES: Mapping[Storage, str] = {
    "money": f"DECIMAL({STORED_DIGITS},{DECIMAL_PLACES})",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "time": "TIMESTAMP",
    "text": "VARCHAR",
    "flag": "BOOLEAN",
}
_DELTA_TYPES: Mapping[Storage, str] = {
    "money": f"decimal({STORED_DIGITS},{DECIMAL_PLACES})",
    "integer": "long",
    "number": "double",
    "date": "date",
    "time": "timestamp_ntz",
    "text": "string",
    "flag": "boolean",
}
_STORAGES: Mapping[str, Storage] = {name: storage for storage, name in _DELTA_TYPES.items()}

_TRIES = 8
_SHAPES = "_columns"
"""Names that begin so are no data to readers of Delta tables, and `vacuum` leaves them alone."""


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a table."""

    path: Path
    rows: int
    bucket: int | None
    """None where the table is not split by customer."""

    @property
    def is_earlier(self) -> bool:
        """Whether compaction put its rows aside, because later imports superseded them."""
        return self.path.name.startswith(EARLIER)


@functools.cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def cursor() -> duckdb.DuckDBPyConnection:
    """A connection for small questions; each thread takes its own."""
    return _connection().cursor()


class StoredTable:
    """One Delta table in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: DeltaTable | None = None

    @property
    def exists(self) -> bool:
        """Whether it has been created."""
        return DeltaTable.is_deltatable(str(self.folder))

    def ensure(self, columns: Mapping[str, Storage], *, bucketed: bool, sparse: bool = False) -> None:
        """Create the table, or add the columns that it does not have yet; those are unknown in older files.

        Args:
            columns: what it stores.
            bucketed: whether it is split by customer.
            sparse: whether files that are added may lack columns.
        """
        wanted = [Field(name, PrimitiveType(_DELTA_TYPES[storage])) for name, storage in columns.items()]
        if not self.exists:
            partition = [Field(BUCKET, PrimitiveType("integer"))] if bucketed else []
            self.folder.mkdir(parents=True, exist_ok=True)
            DeltaTable.create(
                str(self.folder),
                Schema([*wanted, *partition]),
                mode="ignore",
                partition_by=[BUCKET] if bucketed else None,
            )
        table = self._at()
        known = {field.name for field in table.schema().fields}
        missing = [field for field in wanted if field.name not in known]
        if missing or (sparse and self.shape is None):
            self._write_shape({**self.columns, **columns})
        if missing:
            table.alter.add_columns(missing)

    @property
    def shape(self) -> Path | None:
        """The file without rows that has every column; None where all files have all of them."""
        path = self.folder / _SHAPES / SHAPE
        return path if path.exists() else None

    @property
    def log(self) -> tuple[str, ...]:
        """The names of the files of its log, which are written once each; none where it has not been created."""
        folder = self.folder / "_delta_log"
        return tuple(sorted(each.name for each in folder.iterdir())) if folder.is_dir() else ()

    @property
    def version(self) -> int:
        """The number of its last commit."""
        return self._at().version()

    @property
    def columns(self) -> dict[str, Storage]:
        """What it stores, without the bucket."""
        return {
            field.name: _STORAGES[field.type.type]
            for field in self._at().schema().fields
            if field.name != BUCKET and isinstance(field.type, PrimitiveType)
        }

    def files(self, version: int | None = None) -> tuple[DataFile, ...]:
        """The files of one version, the last one by default, in the order of their names."""
        actions = self._at(version).get_add_actions(flatten=True)
        names = actions.schema.names
        partition = f"partition.{BUCKET}"
        read = ["path", "num_records", *([partition] if partition in names else [])]
        found = sorted(zip(*(cast("Sequence[Any]", actions.column(name).to_pylist()) for name in read), strict=True))
        return tuple(
            DataFile(self.folder / path, rows or 0, bucket[0] if bucket else None) for path, rows, *bucket in found
        )

    def place(self, name: str, bucket: int | None) -> Path:
        """Where a new file goes; its folder is made."""
        folder = self.folder if bucket is None else self.folder / f"{BUCKET}={bucket}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.parquet"

    def append(self, files: Iterable[DataFile]) -> int:
        """Add files in one commit; the new version."""
        return self._commit([self._added(file, new=True) for file in files])

    def replace(self, old: Iterable[DataFile], new: Iterable[DataFile]) -> int:
        """Put new files with the same rows in the place of old ones, in one commit; the new version."""
        return self._commit(
            [
                *(self._removed(file) for file in old),
                *(self._added(file, new=False) for file in new),
            ],
        )

    def rewrite(self, old: Iterable[DataFile], new: Iterable[DataFile]) -> int:
        """Put new files with other rows in the place of old ones, in one commit; the new version."""
        removed = [self._removed(file, same_rows=False) for file in old]
        return self._commit([*removed, *(self._added(file, new=True) for file in new)])

    def restore(self, version: int) -> None:
        """Make it what it was at a version."""
        self._at().restore(version)

    def vacuum(self, hours: int) -> None:
        """Delete the files that no version since so many hours ago needs, those of killed processes included."""
        self._at().vacuum(retention_hours=hours, dry_run=False, enforce_retention_duration=False, full=True)

    def _write_shape(self, columns: Mapping[str, Storage]) -> None:
        """Before the columns are added, so that no reader knows of a column that no file has."""
        nothing = ", ".join(f'CAST(NULL AS {SQL_TYPES[storage]}) AS "{name}"' for name, storage in columns.items())
        with replacing(self.folder / _SHAPES / SHAPE) as place:
            target = str(place).replace("'", "''")
            cursor().execute(f"COPY (SELECT {nothing} WHERE FALSE) TO '{target}' (FORMAT parquet)")

    def _at(self, version: int | None = None) -> DeltaTable:
        """The table at one version; at the last one, what was read before is brought up to date."""
        if version is not None or self._last is None:
            table = DeltaTable(str(self.folder), version=version)
            self._last = table if version is None else self._last
            return table
        self._last.update_incremental()
        return self._last

    def _commit(self, actions: list[AddAction | RemoveAction]) -> int:
        for attempt in range(_TRIES):
            table = self._at()
            try:
                table.create_write_transaction(
                    actions,
                    "append",
                    table.schema(),
                    partition_by=list(table.metadata().partition_columns),
                )
            except CommitFailedError:
                if attempt == _TRIES - 1:
                    raise
                time.sleep(0.02 * 2**attempt)
            else:
                break
        return self.version

    def _added(self, file: DataFile, *, new: bool) -> AddAction:
        return AddAction(
            path=file.path.relative_to(self.folder).as_posix(),
            size=file.path.stat().st_size,
            partition_values=_partition(file),
            modification_time=_now(),
            data_change=new,
            stats=json.dumps({"numRecords": file.rows}),
        )

    def _removed(self, file: DataFile, *, same_rows: bool = True) -> RemoveAction:
        return RemoveAction(
            path=file.path.relative_to(self.folder).as_posix(),
            data_change=not same_rows,
            deletion_timestamp=_now(),
            size=file.path.stat().st_size,
            partition_values=_partition(file),
        )


def _partition(file: DataFile) -> dict[str, str | None]:
    return {} if file.bucket is None else {BUCKET: str(file.bucket)}


def _now() -> int:
    """Milliseconds, as the Delta log counts them."""
    return time.time_ns() // 1_000_000
