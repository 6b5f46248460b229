"""The voice of the customer: what comments speak of, what they require, what is at stake, with quotes (B19)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, util
from typing import cast

import numpy as np

from worthbook.data import columns
from worthbook.data.comments import MOST, SOURCES, names_of, read_comments
from worthbook.definitions.study import StudyDefinition
from worthbook.definitions.vocabulary import VocabularyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.models.base import FloatArray
from worthbook.models.perception.voice import (
    Coded,
    Requirement,
    SentimentWords,
    StandOut,
    code,
    rank_requirements,
    stand_out,
    strip_personal,
)
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.rated import ends
from worthbook.planning.studies.surveyed import nobody, option

QUOTED = 3
"""Themes of which quotes are shown, and quotes of each."""
LONGEST = 160
"""Characters of a quote that are shown."""

FIRST = Text(
    en="First: {requirement}. {complaining} customers complain of {theme}{stake}.",
    zh="首要需求：{requirement}。有{complaining}位客户就“{theme}”提出不满{stake}。",
)
STAKE = Text(en="; they brought {money} in 12 months", zh="，他们近12个月带来收入{money}")
NEW_WORDS = Text(
    en="Complaints use these words more than other comments do, and no theme lists them: {words}.",
    zh="投诉中明显多见、但词库主题未收录的词语：{words}。",
)
WITHOUT_WORDS = Text(
    en="{count} of {all} comments speak of no listed theme; add words to the vocabulary of your book.",
    zh="{all}条评论中有{count}条未涉及任何主题，可在账簿的词库中补充词语。",
)
NEWEST = Text(en="Only the newest {most} comments were read.", zh="仅读取最新的{most}条评论。")


@dataclass(frozen=True)
class Said:
    """Comments without personal data, one entry each."""

    texts: tuple[str, ...]
    customers: tuple[str, ...]
    sources: tuple[Text, ...]
    days: tuple[Value, ...]


def make_voice(definition: StudyDefinition, context: StudyContext) -> Made:
    """Code comments by the words of a vocabulary and rank what they require."""
    vocabulary = context.vocabularies.get(option(definition, "vocabulary") or "")
    said = _said(definition, context)
    if vocabulary is None or not said.texts:
        return nobody()
    words = SentimentWords(vocabulary.positive, vocabulary.negative, vocabulary.negations)
    coded = code(said.texts, {name: theme.words for name, theme in vocabulary.themes.items()}, words)
    worth = _worth(definition, context, said.customers)
    ranked = rank_requirements(coded, said.customers, [len(text) for text in said.texts], worth)
    new = _unlisted(said, coded, vocabulary)
    tables = (
        _themes(vocabulary, ranked),
        _requirements(vocabulary, ranked),
        _quotes(vocabulary, ranked, said, coded),
        _words(new),
        _by_source(said, coded),
    )
    told = tuple(_told(vocabulary, ranked, new, coded, context.currency))
    used = ("complaints", "interactions", "answers", *definition.optional.values())
    return Made(tables, _facts(coded, ranked), used, told)


def _said(definition: StudyDefinition, context: StudyContext) -> Said:
    """From the file that is being looked at, else from the tables of the book."""
    instrument = context.instruments.get(option(definition, "instrument") or "")
    answers = None if instrument is None else context.surveys.answers(instrument)
    if answers is not None and answers.comments:
        rows: list[tuple[str, str, Text, Value]] = [
            (str(text), str(customer or person), SOURCES["answers"][1], None)
            for words in answers.comments.values()
            for text, customer, person in zip(words, answers.customers, answers.respondents, strict=True)
            if str(text).strip()
        ]
        names: Sequence[str] = ()
    else:
        found = read_comments(context.engine, context.snapshot, context.tables, context.as_of)
        rows = [(each.text, each.customer_id, SOURCES[each.table][1], cast("Value", each.said_on)) for each in found]
        names = names_of(context.engine, context.snapshot, context.tables, context.as_of) if rows else ()
    if not rows:
        return Said((), (), (), ())
    texts, customers, sources, days = zip(*rows, strict=True)
    return Said(tuple(strip_personal(text, names) for text in texts), customers, sources, days)


def _worth(definition: StudyDefinition, context: StudyContext, customers: Sequence[str]) -> FloatArray | None:
    name = definition.optional.get("worth")
    if name is None or not context.has(name):
        return None
    found = columns.of_customers(context.engine, context.sheets, sorted({each for each in customers if each}), [name])
    values = [found.get(customer, (None,))[0] for customer in customers]
    return np.array([np.nan if value is None else float(value) for value in values])  # type: ignore[arg-type]


def _unlisted(said: Said, coded: Coded, vocabulary: VocabularyDefinition) -> tuple[StandOut, ...]:
    """Telling words of complaints that no list holds."""
    judged = np.isfinite(coded.sentiment)
    complaint = (coded.sentiment < 0) & judged
    chosen = [text for text, keep in zip(said.texts, judged.tolist(), strict=True) if keep]
    listed = {word.rstrip("*").lower() for theme in vocabulary.themes.values() for word in theme.words}
    listed |= {word.rstrip("*").lower() for word in (*vocabulary.negative, *vocabulary.positive, *vocabulary.negations)}
    found = stand_out(chosen, complaint[judged].tolist(), _cutter(), most=40)
    return tuple(each for each in found if not any(word in each.word or each.word in word for word in listed))[:12]


def _cutter() -> Callable[[str], Sequence[str]] | None:
    """Jieba cuts Chinese into words where it is installed (the extra `chinese`); else pairs of characters serve."""
    if util.find_spec("jieba") is None:
        return None
    jieba = import_module("jieba")
    jieba.setLogLevel("ERROR")
    return cast("Callable[[str], Sequence[str]]", jieba.lcut)


def _themes(vocabulary: VocabularyDefinition, ranked: Sequence[Requirement]) -> Table:
    rows = []
    for each in ranked:
        theme = vocabulary.themes[each.theme]
        counts = (each.comments, each.customers, each.complaining, *ends(each.complaint_share), each.at_stake)
        rows.append((theme.title, *counts))
    columns_ = (
        column("theme", Unit.TEXT, "Theme", "主题"),
        column("comments", Unit.COUNT, "Comments", "评论数"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("complaining", Unit.COUNT, "Customers who complain", "不满客户数"),
        column("complaint_share", Unit.SHARE, "Complaints among what is judged", "负面占比"),
        column("complaint_share_low", Unit.SHARE, "from", "下限"),
        column("complaint_share_high", Unit.SHARE, "to", "上限"),
        column("at_stake", Unit.MONEY, "Revenue of those who complain", "不满客户的收入"),
    )
    return table("themes", Text(en="What customers speak of", zh="客户谈及的主题"), columns_, rows)


def _requirements(vocabulary: VocabularyDefinition, ranked: Sequence[Requirement]) -> Table:
    """What follows from each theme that somebody complains of, the gravest first."""
    themes = [vocabulary.themes[each.theme] for each in ranked if each.complaining]
    rows = [(theme.title, theme.requirement, theme.measure, theme.owner) for theme in themes]
    columns_ = (
        column("theme", Unit.TEXT, "Theme", "主题"),
        column("requirement", Unit.TEXT, "Requirement", "关键需求"),
        column("measure", Unit.TEXT, "Measured by", "衡量指标"),
        column("owner", Unit.TEXT, "Seen to by", "负责部门"),
    )
    return table("requirements", Text(en="What customers require", zh="客户的关键需求"), columns_, rows)


def _quotes(vocabulary: VocabularyDefinition, ranked: Sequence[Requirement], said: Said, coded: Coded) -> Table:
    rows = [
        (vocabulary.themes[each.theme].title, _short(said.texts[row]), said.sources[row], said.days[row],
         _number(coded.theme_sentiment[row, coded.themes.index(each.theme)]))
        for each in ranked
        for row in each.quotes[:QUOTED]
    ]  # fmt: skip
    columns_ = (
        column("theme", Unit.TEXT, "Theme", "主题"),
        column("quote", Unit.TEXT, "In customers' words, personal data taken out", "客户原话（已去除个人信息）"),
        column("source", Unit.TEXT, "From", "来源"),
        column("said_on", Unit.DATE, "On", "日期"),
        column("sentiment", Unit.SCORE, "Sentiment, −1 to 1", "情感（−1至1）"),
    )
    return table("quotes", Text(en="Quotes", zh="原话摘录"), columns_, rows)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _number(value: float) -> Value:
    return None if np.isnan(value) else float(value)


def _words(new: Sequence[StandOut]) -> Table:
    rows = [(each.word, each.complaints, each.others, each.z) for each in new]
    columns_ = (
        column("word", Unit.TEXT, "Word", "词语"),
        column("complaints", Unit.COUNT, "In complaints", "负面评论中"),
        column("others", Unit.COUNT, "In other comments", "其他评论中"),
        column("z", Unit.SCORE, "z", "z值"),
    )
    return table("words", Text(en="Words that no theme lists", zh="词库未收录的词语"), columns_, rows)


def _by_source(said: Said, coded: Coded) -> Table:
    names = list(dict.fromkeys(said.sources))
    place = np.array([names.index(each) for each in said.sources])
    rows = []
    for index, name in enumerate(names):
        here = coded.sentiment[place == index]
        rows.append((name, len(here), int((here < 0).sum()), int((here > 0).sum())))
    columns_ = (
        column("source", Unit.TEXT, "From", "来源"),
        column("comments", Unit.COUNT, "Comments", "评论数"),
        column("negative", Unit.COUNT, "Mostly complaint", "以不满为主"),
        column("positive", Unit.COUNT, "Mostly praise", "以称赞为主"),
    )
    return table("sources", Text(en="Where comments come from", zh="评论来源"), columns_, rows)


def _told(
    vocabulary: VocabularyDefinition,
    ranked: Sequence[Requirement],
    new: Sequence[StandOut],
    coded: Coded,
    currency: str,
) -> Iterator[Finding]:
    if ranked and ranked[0].complaining:
        first = ranked[0]
        theme = vocabulary.themes[first.theme]
        stake = Text(en="", zh="")
        if first.at_stake:
            money = Text(
                en=show(first.at_stake, Unit.MONEY, "en", currency), zh=show(first.at_stake, Unit.MONEY, "zh", currency)
            )
            stake = STAKE.format(money=money)
        said = FIRST.format(
            requirement=theme.requirement, theme=theme.title, complaining=first.complaining, stake=stake
        )
        yield Finding(said, "warning")
    if new:
        words = ", ".join(each.word for each in new[:6])
        yield Finding(NEW_WORDS.format(words=Text(en=words, zh=words.replace(", ", "、"))))
    silent = int((~coded.mentions.any(axis=1)).sum())
    if silent > len(coded.mentions) / 2:
        yield Finding(WITHOUT_WORDS.format(count=silent, all=len(coded.mentions)))
    if len(coded.mentions) >= MOST:
        yield Finding(NEWEST.format(most=f"{MOST:,}"))


def _facts(coded: Coded, ranked: Sequence[Requirement]) -> Mapping[str, Value]:
    judged = np.isfinite(coded.sentiment)
    return {
        "comments": len(coded.sentiment),
        "judged": int(judged.sum()),
        "negative": int((coded.sentiment[judged] < 0).sum()),
        "positive": int((coded.sentiment[judged] > 0).sum()),
        "themes": len(ranked),
    }


VOICE = Method(
    make=make_voice,
    maker="voice 1",
    roles=frozenset({"worth"}),
    tables={
        "themes": frozenset({
            "theme", "comments", "customers", "complaining", "complaint_share", "complaint_share_low",
            "complaint_share_high", "at_stake",
        }),
        "requirements": frozenset({"theme", "requirement", "measure", "owner"}),
        "quotes": frozenset({"theme", "quote", "source", "said_on", "sentiment"}),
        "words": frozenset({"word", "complaints", "others", "z"}),
        "sources": frozenset({"source", "comments", "negative", "positive"}),
    },
    facts=frozenset({"comments", "judged", "negative", "positive", "themes"}),
)  # fmt: skip
