"""The studies of surveys, by the names under which definitions ask for them."""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.planning.studies.construct_scores import CONSTRUCT_SCORES
from worthbook.planning.studies.context import Method
from worthbook.planning.studies.delivered_value import DELIVERED_VALUE
from worthbook.planning.studies.function_cost import FUNCTION_COST
from worthbook.planning.studies.importance_map import IMPORTANCE_MAP
from worthbook.planning.studies.kano_features import KANO
from worthbook.planning.studies.net_promoter import NET_PROMOTER
from worthbook.planning.studies.satisfaction_drivers import DRIVERS
from worthbook.planning.studies.satisfaction_money import SATISFACTION_MONEY
from worthbook.planning.studies.satisfied import SATISFIED
from worthbook.planning.studies.service_quality import SERVICE_QUALITY
from worthbook.planning.studies.structural import STRUCTURAL
from worthbook.planning.studies.survey_quality import SURVEY_QUALITY
from worthbook.planning.studies.value_map import VALUE_MAP
from worthbook.planning.studies.value_views import VALUE_VIEWS
from worthbook.planning.studies.voice import VOICE

SURVEY_METHODS: Mapping[str, Method] = {
    "construct_scores": CONSTRUCT_SCORES,
    "delivered_value": DELIVERED_VALUE,
    "drivers": DRIVERS,
    "function_cost": FUNCTION_COST,
    "importance_map": IMPORTANCE_MAP,
    "kano": KANO,
    "net_promoter": NET_PROMOTER,
    "survey_quality": SURVEY_QUALITY,
    "satisfaction_money": SATISFACTION_MONEY,
    "satisfied": SATISFIED,
    "service_quality": SERVICE_QUALITY,
    "value_map": VALUE_MAP,
    "value_views": VALUE_VIEWS,
    "structural": STRUCTURAL,
    "voice": VOICE,
}
