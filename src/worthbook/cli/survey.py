"""`worthbook survey`: what customers perceive, from the answers to questionnaires."""

from __future__ import annotations

import typer

from worthbook.cli.survey_check import check_answers
from worthbook.cli.survey_drivers import drivers
from worthbook.cli.survey_form import form
from worthbook.cli.survey_functions import functions
from worthbook.cli.survey_import import import_answers
from worthbook.cli.survey_kano import kano
from worthbook.cli.survey_map import value, value_map
from worthbook.cli.survey_model import model
from worthbook.cli.survey_nps import nps
from worthbook.cli.survey_score import score
from worthbook.cli.survey_servqual import servqual
from worthbook.cli.survey_views import views
from worthbook.cli.survey_voice import voice

survey = typer.Typer(
    help="Read, check and score surveys, on a book or directly on a file of answers. 问卷调查分析。",
    no_args_is_help=True,
    add_completion=False,
)

for command, name in (
    (form, "form"),
    (import_answers, "import"),
    (check_answers, "check"),
    (score, "score"),
    (nps, "nps"),
    (kano, "kano"),
    (servqual, "servqual"),
    (value_map, "map"),
    (value, "value"),
    (functions, "functions"),
    (views, "views"),
    (model, "model"),
    (drivers, "drivers"),
    (voice, "voice"),
):
    survey.command(name)(command)
