"""Files that are there whole or not at all, whoever reads and whatever dies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(to: Path) -> Iterator[Path]:
    """A place beside a file; what is written there becomes the file at once, or vanishes with an error.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(Path(folder) / "kept" / "run.json") as place:
    ...         _ = place.write_text("{}")
    ...     [path.name for path in (Path(folder) / "kept").iterdir()]
    ['run.json']
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    place = to.with_name(f".{to.name}.{uuid.uuid4().hex}")
    try:
        yield place
        place.replace(to)
    finally:
        place.unlink(missing_ok=True)
