"""The studies of surveys, by the names under which definitions ask for them."""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.planning.studies.context import Method
from worthbook.planning.studies.net_promoter import NET_PROMOTER

SURVEY_METHODS: Mapping[str, Method] = {
    "net_promoter": NET_PROMOTER,
}
