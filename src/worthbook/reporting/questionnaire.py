"""A questionnaire as a page that is filled in without a network, or printed; its answers are saved as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from worthbook.definitions.instrument import InstrumentDefinition, Scale
from worthbook.kernel.language import Language, Text
from worthbook.reporting.words import LANGUAGE_TAG

SAVED = ("respondent_id", "answered_at", "seconds")
"""What the page fills in itself."""
ASKED = ("customer_id", "wave", "brand")
"""What is asked beside the questions; the brand only where rivals are compared."""
_INTRO = Text(
    en="Please answer for {brand}. Nothing is sent: at the end your answers are saved as a file to be handed in.",
    zh="请针对{brand}作答。本页不会上传任何内容；完成后答案将保存为文件，请交回。",
)
_INTRO_EACH = Text(
    en="Please fill this in once for each brand that you know. Nothing is sent: your answers are saved as a file.",
    zh="请对您熟悉的每个品牌各填写一次。本页不会上传任何内容，答案将保存为文件。",
)
_ABOUT = {
    "customer_id": Text(en="Customer number, if you have one", zh="客户编号（如有）"),
    "brand": Text(en="Which brand are you answering for?", zh="您评价的是哪个品牌？"),
    "wave": Text(en="Wave", zh="期次"),
}
_SAVE = Text(en="Save answers", zh="保存答卷")
_SCRIPT = {
    "sum": Text(en="Sum {sum} of {total}", zh="合计 {sum} / {total}"),
    "points": Text(en="The points do not add up yet.", zh="点数合计尚不正确。"),
    "open": Text(
        en="{count} questions are open. Press again to save nevertheless.",
        zh="还有{count}题未答，再按一次可直接保存。",
    ),
    "saved": Text(en="Saved. Thank you.", zh="已保存，谢谢。"),
}
_THIS_BRAND = Text(en="this brand", zh="该品牌")
_US = Text(en="us", zh="本公司")
_SHORT = 7
"""A scale is shown in words where every number has a label and there are no more of them."""


@dataclass(frozen=True)
class Asked:
    """One question as it is shown."""

    name: str
    text: str
    kind: str
    scale: str
    choices: tuple[tuple[int, str], ...] = ()
    in_words: bool = False
    low: str = ""
    high: str = ""
    total: float = 0


@dataclass(frozen=True)
class AboutRespondent:
    """One field about the respondent."""

    name: str
    text: str
    options: tuple[tuple[str, str], ...] = ()


def columns_of(instrument: InstrumentDefinition) -> tuple[str, ...]:
    """The columns of the file in which answers are saved."""
    asked = [name for name in ASKED if name != "brand" or instrument.compares]
    return (*SAVED, *asked, *instrument.background, *instrument.questions)


def brand_of(instrument: InstrumentDefinition, brand: str, language: Language) -> str:
    """Who is judged: the brand given, our own by the definition, or a word for it."""
    if instrument.compares:
        return _THIS_BRAND.say(language)
    return brand or (instrument.brands[0] if instrument.brands else _US.say(language))


def render_form(instrument: InstrumentDefinition, language: Language, brand: str = "") -> str:
    """The questionnaire as one HTML document; it makes no request.

    Args:
        instrument: what is asked.
        language: in which it is asked.
        brand: who is judged, for questions that name it.
    """
    judged = brand_of(instrument, brand, language)
    loader = PackageLoader("worthbook.reporting", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    intro = _INTRO_EACH if instrument.compares else _INTRO
    return made.get_template("form.html").render(
        tag=LANGUAGE_TAG.say(language),
        title=instrument.title.say(language),
        intro=intro.say(language).replace("{brand}", judged),
        about=list(_about(instrument, language)),
        questions=list(questions_of(instrument, language, judged)),
        save=_SAVE.say(language),
        script_words={name: text.say(language) for name, text in _SCRIPT.items()},
        instrument=instrument.name,
        columns=columns_of(instrument),
    )


def questions_of(instrument: InstrumentDefinition, language: Language, brand: str) -> Iterator[Asked]:
    """Every question as it is shown."""
    for name, question in instrument.questions.items():
        scale = instrument.scale_of(name)
        text = question.text.say(language).replace("{brand}", brand)
        shown = Asked(name, text, scale.kind, question.scale, total=scale.total or 0)
        yield _rated(shown, scale, language) if scale.kind == "rating" else shown


def _rated(shown: Asked, scale: Scale, language: Language) -> Asked:
    low, high = (int(end) for end in scale.bounds)
    numbers = range(low, high + 1)
    labels = {number: label.say(language) for number, label in scale.labels.items()}
    in_words = len(numbers) <= _SHORT and all(number in labels for number in numbers)
    if high - low > 10:  # noqa: PLR2004 - a slider of numbers would not fit: tens are offered
        numbers = range(low, high + 1, 10)
    choices = tuple((number, labels.get(number, "")) for number in numbers)
    return Asked(
        shown.name, shown.text, shown.kind, shown.scale, choices, in_words, labels.get(low, ""), labels.get(high, "")
    )


def _about(instrument: InstrumentDefinition, language: Language) -> Iterator[AboutRespondent]:
    brands = tuple((brand, brand) for brand in instrument.brands)
    waves = tuple((wave, wave) for wave in instrument.waves)
    yield AboutRespondent("customer_id", _ABOUT["customer_id"].say(language))
    if instrument.compares:
        yield AboutRespondent("brand", _ABOUT["brand"].say(language), brands)
    if waves:
        yield AboutRespondent("wave", _ABOUT["wave"].say(language), waves)
    for name, each in instrument.background.items():
        options = tuple((value, said.say(language)) for value, said in each.options.items())
        yield AboutRespondent(name, each.text.say(language), options)
