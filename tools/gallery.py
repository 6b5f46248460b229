"""The gallery: every shipped framework with its picture on the demonstration firm, its inputs, groups and strategies.

`page` is text alone and is checked with the other reference pages; `python -m tools.gallery` draws the pictures again,
which takes the demonstration firm with all its records, about a minute.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.checks import ROOT
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import LANGUAGES, Language, Text
from worthbook.planning.index import Catalogue, read_catalogue

PICTURES = ROOT / "docs" / "gallery"
STYLE = ROOT / "src" / "worthbook" / "reporting" / "templates" / "style.css"
CUSTOMERS = 10_000

_METHODS = {
    "tiers": Text(en="tiers", zh="分层"),
    "grid": Text(en="grid", zh="矩阵"),
    "scorecard": Text(en="scorecard", zh="评分卡"),
    "rules": Text(en="rules", zh="规则"),
    "ladder": Text(en="ladder", zh="阶梯"),
}
_HEAD = """# Gallery of frameworks · 分层框架图览

Every framework that ships, on *Lantern Tea*, the simulated firm of `worthbook demo --full`: what it looks like, what it
needs, which groups it gives, and what to do with each. All rules: [frameworks](reference/frameworks.md).

本页列出全部内置的分层框架，图例均取自模拟企业“灯笼茶行”（`worthbook demo --full`）：图示、所需数据、所分群体及对策。
完整规则见 [frameworks](reference/frameworks.md)。
"""


def page() -> str:
    """The page; a framework whose picture is not drawn yet stands without."""
    catalogue = read_catalogue()
    lines = [_HEAD, *_contents(catalogue)]
    for framework in catalogue.frameworks.values():
        lines += _entry(catalogue, framework)
    return "\n".join(lines)


def _contents(catalogue: Catalogue) -> Iterator[str]:
    for each in catalogue.frameworks.values():
        yield f"- [{each.title.en} · {each.title.zh}](#{each.name})"
    yield ""


def _entry(catalogue: Catalogue, framework: FrameworkDefinition) -> Iterator[str]:
    yield from (f"## {framework.name}", "", f"**{framework.title.en} · {framework.title.zh}**", "")
    pictures = [(language, f"{framework.name}.{language}.svg") for language in LANGUAGES]
    shown = [
        f"![{framework.title.say(language)}](gallery/{file})"
        for language, file in pictures
        if (PICTURES / file).exists()
    ]
    if shown:
        yield from (" ".join(shown), "")
    yield from (_line(framework.description.en), "", _line(framework.description.zh), "")
    method = _METHODS[framework.method]
    needs = ", ".join(f"`{name}`" for name in sorted(catalogue.needs(framework.name)))
    tables = sorted(set(_tables(catalogue, framework.name)))
    names = "; ".join(f"{catalogue.tables[name].title.en} · {catalogue.tables[name].title.zh}" for name in tables)
    yield f"- Method · 方法: {method.en} · {method.zh}"
    yield f"- Inputs · 输入: {needs}"
    yield f"- Tables · 数据表: {names}"
    yield f"- Source · 出处: {_line(framework.source)}"
    yield from ("", "| Group | What to do | 群体 | 对策 |", "| --- | --- | --- | --- |")
    for cell in framework.cells[::-1] if framework.method in {"tiers", "scorecard", "ladder"} else framework.cells:
        todo = {language: _todo(cell.strategy, cell.next_action, language) for language in LANGUAGES}
        yield f"| {cell.title.en} | {todo['en']} | {cell.title.zh} | {todo['zh']} |"
    yield ""


def _todo(strategy: Text, next_action: Text | None, language: Language) -> str:
    label = {"en": "*Next:*", "zh": "*下一步：*"}[language]
    after = "" if next_action is None else f" {label} {_line(next_action.say(language))}"
    return f"{_line(strategy.say(language))}{after}"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _tables(catalogue: Catalogue, name: str) -> Iterator[str]:
    """The stored tables behind a column, step by step."""
    maker = catalogue.maker(name)
    if isinstance(maker, MeasureDefinition) and maker.table is not None:
        table = catalogue.tables[maker.table]
        while table.derived_from is not None:
            table = catalogue.tables[table.derived_from]
        yield table.name
    for each in catalogue.needs(maker.name):
        yield from _tables(catalogue, each)


def standalone(svg: str, colours: dict[str, str]) -> str:
    """A picture of a page as a file of its own: with its colours, a size, and paper behind it."""
    for name, colour in colours.items():
        svg = svg.replace(f"var({name})", colour)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if box is None:
        message = "a picture without a viewBox"
        raise ValueError(message)
    width, height = box.groups()
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
    head += "font-family=\"Arial, 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif\" "
    paper = f'<rect width="100%" height="100%" fill="{colours["--paper"]}"/>'
    svg = svg.replace("<svg ", head, 1)
    first = svg.index(">") + 1
    return re.sub(r"(\d+\.\d{2})\d+", r"\1", svg[:first] + paper + svg[first:]) + "\n"


def light_colours() -> dict[str, str]:
    """The variables of the light page."""
    first = STYLE.read_text(encoding="utf-8").split("}", 1)[0]
    return dict(re.findall(r"(--[a-z0-9-]+):(#[0-9a-f]{3,6})", first))


def draw(evaluation: Evaluation) -> int:
    """Write the first picture of each framework, in both languages; how many."""
    from worthbook.reporting.chart import render_chart  # noqa: PLC0415 - the page needs no converter
    from worthbook.reporting.framework_charts import framework_charts  # noqa: PLC0415

    PICTURES.mkdir(parents=True, exist_ok=True)
    colours, count = light_colours(), 0
    for framework in evaluation.frameworks:
        chart, table = framework_charts(framework)[0]
        for language in LANGUAGES:
            svg = standalone(render_chart(chart, table, language, evaluation.currency), colours)
            (PICTURES / f"{framework.name}.{language}.svg").write_text(svg, encoding="utf-8")
            count += 1
    return count


def main() -> None:
    """Make the firm, draw every framework, and write the page."""
    from worthbook.services.make_demo import make_demo  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
        evaluation = make_demo(Path(folder) / "demo", customers=CUSTOMERS, full=True).evaluation
    print(f"{draw(evaluation)} pictures drawn; without: {[each.name for each in evaluation.waiting]}")


if __name__ == "__main__":
    main()
