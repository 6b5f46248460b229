"""Customers divided by a framework, or by a column of words such as region or kind."""

from __future__ import annotations

from collections.abc import Iterable

from worthbook.data.moves import ABSENT, UNPLACED
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit
from worthbook.planning.segments_ahead import ALL_UNKNOWN, NOT_SEGMENTS
from worthbook.services.lifetime import with_segments
from worthbook.services.open_book import OpenBook


def divided_by(opened: OpenBook, by: str | None) -> OpenBook:
    """The book, knowing the column.

    Raises:
        WorthbookError: name-unknown, segments-not-named.
    """
    if by is None:
        return opened
    opened = with_segments(opened, by)
    if opened.catalogue.meta(by).unit not in {Unit.LABEL, Unit.TEXT}:
        raise NOT_SEGMENTS(name=by)
    return opened


def group_titles(opened: OpenBook, by: str, found: Iterable[str]) -> dict[str, Text]:
    """The titles of the groups that were found, the best first where they are ordered; then words as they are.

    Raises:
        WorthbookError: segments-unknown.
    """
    keys = {key for key in found if key and key not in {ABSENT, UNPLACED}}
    if not keys:
        raise ALL_UNKNOWN(name=by)
    labels = list(opened.catalogue.meta(by).labels.items())
    framework = opened.catalogue.frameworks.get(by)
    if framework is not None and framework.is_ranked:
        labels.reverse()
    named = {key: title for key, title in labels if key in keys}
    return {**named, **{key: Text(en=key, zh=key) for key in sorted(keys - set(named))}}
