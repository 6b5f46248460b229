"""The tables of a description: cells with their strategies, axes with their cuts, columns that are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worthbook.definitions.definition import Definition
from worthbook.definitions.framework import Axis, Cell, FrameworkDefinition
from worthbook.definitions.identity import IdentityDefinition
from worthbook.definitions.instrument import ASPECTS, InstrumentDefinition, Scale
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.table import TableColumnDefinition, TableDefinition
from worthbook.definitions.vocabulary import VocabularyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.planning.index import Catalogue
from worthbook.services.definition_weights import ways_said, weights_said

_NAME = TableColumn("name", Text(en="Name", zh="名称"), Unit.ID)
_TITLE = TableColumn("title", Text(en="Title", zh="标题"), Unit.TEXT)
_UNIT = TableColumn("unit", Text(en="Unit", zh="单位"), Unit.TEXT)
_MEANING = TableColumn("meaning", Text(en="Meaning", zh="含义"), Unit.TEXT)
_STRATEGY = TableColumn("strategy", Text(en="Strategy", zh="策略"), Unit.TEXT)
_SERVICE = TableColumn("service_level", Text(en="Service", zh="服务标准"), Unit.TEXT)
_NEXT = TableColumn("next_action", Text(en="Next", zh="下一步"), Unit.TEXT)
_WHEN = TableColumn("when", Text(en="When", zh="条件"), Unit.TEXT)
_COLUMN = TableColumn("column", Text(en="Column", zh="列"), Unit.ID)
_CUTS = TableColumn("cuts", Text(en="Cuts", zh="切点"), Unit.TEXT)
_BANDS = TableColumn("bands", Text(en="Bands, lowest first", zh="分段（由低到高）"), Unit.TEXT)
_GROUP = TableColumn("group", Text(en="Group", zh="分组"), Unit.TEXT)
_WEIGHT = TableColumn("weight", Text(en="Weight in its level", zh="本层权重"), Unit.TEXT)
_LEVEL = TableColumn("level", Text(en="Of", zh="范围"), Unit.TEXT)
_FOUND_BY = TableColumn("found", Text(en="Found", zh="确定方法"), Unit.TEXT)
_FROM = TableColumn("from", Text(en="From", zh="来自"), Unit.TEXT)
_OTHERWISE = Text(en="otherwise", zh="其余")
_WHOLE = Text(en="whole history", zh="全部历史")
_PERSONAL = Text(en="Personal data.", zh="个人信息。")
_SCALE = TableColumn("scale", Text(en="Scale", zh="量表"), Unit.TEXT)
_ABOUT = TableColumn("about", Text(en="About", zh="所测内容"), Unit.TEXT)
_HEADERS = TableColumn("headers", Text(en="Headers in the file", zh="文件表头"), Unit.TEXT)


def tables_of(definition: Definition, catalogue: Catalogue) -> tuple[Table, ...]:  # noqa: PLR0911 - one return a kind
    """What a definition lists."""
    match definition:
        case FrameworkDefinition():
            return tuple(_framework(definition, catalogue))
        case SegmentDefinition():
            return (_events(definition),) if definition.events else ()
        case ModelDefinition():
            return (_given(definition),)
        case TableDefinition():
            return (_columns(definition),)
        case MappingDefinition():
            return (_fields(definition), _fed(definition))
        case InstrumentDefinition():
            return (_questions(definition),)
        case VocabularyDefinition():
            return (_themes(definition),)
        case IdentityDefinition():
            return (_evidence(definition),)
        case StructureDefinition():
            return (_constructs(definition),)
        case _:
            return ()


def _evidence(identity: IdentityDefinition) -> Table:
    rows = tuple(
        (kind, each.if_same, each.same, each.different, each.proposes) for kind, each in identity.evidence.items()
    )
    columns = (
        _NAME,
        _MEANING,
        TableColumn("same", Text(en="Weight if the same", zh="相同时的权重"), Unit.SCORE),
        TableColumn("different", Text(en="Weight if different", zh="不同时的权重"), Unit.SCORE),
        TableColumn("proposes", Text(en="Proposes pairs", zh="可单独提出配对"), Unit.FLAG),
    )
    return Table("evidence", Text(en="Evidence", zh="判断依据"), columns, rows)


def _constructs(structure: StructureDefinition) -> Table:
    """What each construct is measured by and what drives it."""
    rows = tuple(
        (
            name,
            construct.title,
            ", ".join(construct.items) or structure.instrument or "",
            ", ".join(source for source, targets in structure.paths.items() if name in targets),
        )
        for name, construct in structure.constructs.items()
    )
    columns = (
        _NAME,
        _TITLE,
        TableColumn("items", Text(en="Items, or the instrument that holds them", zh="题项或所属问卷"), Unit.TEXT),
        TableColumn("drivers", Text(en="Driven by", zh="受何影响"), Unit.TEXT),
    )
    return Table("constructs", Text(en="Constructs", zh="潜变量"), columns, rows)


def _cells(framework: FrameworkDefinition) -> Table:
    with_rules = framework.method in {"rules", "ladder"}
    rows = [(*_words(cell), *((cell.when or _OTHERWISE,) if with_rules else ())) for cell in framework.cells]
    columns = (_NAME, _TITLE, _MEANING, _STRATEGY, _SERVICE, _NEXT, *((_WHEN,) if with_rules else ()))
    said = [place for place in range(len(columns)) if any(row[place] is not None for row in rows)]
    shown = tuple(tuple(row[place] for place in said) for row in rows)
    return Table("cells", Text(en="Cells", zh="单元"), tuple(columns[place] for place in said), shown)


def _words(cell: Cell) -> tuple[str | Text | None, ...]:
    return (cell.key, cell.title, cell.meaning, cell.strategy, cell.service_level, cell.next_action)


def _framework(framework: FrameworkDefinition, catalogue: Catalogue) -> Iterator[Table]:
    weights = weights_said(framework) if framework.method == "scorecard" else {}
    if framework.groups:
        rows = tuple((name, group.title, weights[name]) for name, group in framework.groups.items())
        yield Table("groups", Text(en="Groups", zh="分组"), (_NAME, _TITLE, _WEIGHT), rows)
    if framework.axes:
        yield _axes(framework, weights)
    ways = tuple(ways_said(framework, catalogue))
    if ways:
        yield Table("weights", Text(en="Weights", zh="权重"), (_LEVEL, _FOUND_BY), ways)
    yield _cells(framework)


def _axes(framework: FrameworkDefinition, weights: Mapping[str, Text]) -> Table:
    rows = tuple(
        (
            name,
            axis.title,
            *((framework.groups[axis.group].title,) if axis.group else ()),
            _axis_column(axis),
            ", ".join(axis.cuts),
            _bands(axis),
            *((weights[name],) if weights else ()),
        )
        for name, axis in framework.axes.items()
    )
    grouped, weighed = ((_GROUP,) if framework.groups else ()), ((_WEIGHT,) if weights else ())
    columns = (_NAME, _TITLE, *grouped, _COLUMN, _CUTS, _BANDS, *weighed)
    return Table("axes", Text(en="Axes", zh="维度"), columns, rows)


def _axis_column(axis: Axis) -> str | Text:
    if axis.cuts_from is None:
        return axis.column
    return Text(en=f"{axis.column}, cut as {axis.cuts_from}", zh=f"{axis.column}（切点取自 {axis.cuts_from}）")


def _bands(axis: Axis) -> Text:
    return Text(
        en=", ".join(_band(band.title.en, band.points) for band in axis.bands),
        zh="、".join(_band(band.title.zh, band.points) for band in axis.bands),
    )


def _band(title: str, points: float | None) -> str:
    return title if points is None else f"{title} ({points:g})"


def _events(segment: SegmentDefinition) -> Table:
    rows = tuple(
        (name, each.title, each.table, _WHOLE if each.window is None else Window.parse(each.window).title, each.formula)
        for name, each in segment.events.items()
    )
    columns = (
        _NAME,
        _TITLE,
        TableColumn("table", Text(en="Table", zh="数据表"), Unit.ID),
        TableColumn("window", Text(en="Window", zh="时间窗口"), Unit.TEXT),
        TableColumn("formula", Text(en="Formula", zh="公式"), Unit.TEXT),
    )
    return Table("events", Text(en="Events", zh="事件"), columns, rows)


def _given(model: ModelDefinition) -> Table:
    rows = tuple((name, given.title, given.unit.title, given.description) for name, given in model.gives.items())
    return Table("gives", Text(en="Columns given", zh="给出的列"), (_NAME, _TITLE, _UNIT, _MEANING), rows)


def _columns(table: TableDefinition) -> Table:
    rows: tuple[tuple[Value | Text, ...], ...] = tuple(
        (name, column.title, column.unit.title, _origin(column), _meaning(column))
        for name, column in table.columns.items()
    )
    return Table("columns", Text(en="Columns", zh="列"), (_NAME, _TITLE, _UNIT, _FROM, _MEANING), rows)


def _meaning(column: TableColumnDefinition) -> Text:
    """What is said of a column, with the codes that it knows and whether it is about persons."""
    said = [column.description] if column.description is not None else []
    if column.values:
        en = "; ".join(f"{code}: {text.en}" for code, text in column.values.items())
        zh = "；".join(f"{code}：{text.zh}" for code, text in column.values.items())
        said.append(Text(en=f"{en}.", zh=f"{zh}。"))
    if column.personal:
        said.append(_PERSONAL)
    return Text(en=" ".join(each.en for each in said), zh="".join(each.zh for each in said))


def _origin(column: TableColumnDefinition) -> Text:
    """Where the values of a column come from."""
    made = column.formula or column.lookup
    if made is not None:
        return Text(en=made, zh=made)
    if column.required:
        return Text(en="the file (required)", zh="文件（必填）")
    if column.default is not None:
        return Text(en=f"the file, else {column.default}", zh=f"文件，缺省为 {column.default}")
    return Text(en="the file", zh="文件")


def _fields(mapping: MappingDefinition) -> Table:
    rows = tuple((name, ", ".join(field.names)) for name, field in mapping.fields.items())
    return Table("fields", Text(en="Fields", zh="字段"), (_NAME, _HEADERS), rows)


def _fed(mapping: MappingDefinition) -> Table:
    rows = tuple(
        (f"{feed.table}.{column}", formula) for feed in mapping.feeds for column, formula in feed.columns.items()
    )
    return Table("columns", Text(en="Columns fed", zh="导入的列"), (_COLUMN, _FROM), rows)


def _themes(vocabulary: VocabularyDefinition) -> Table:
    rows = tuple(
        (theme.title, ", ".join(theme.words), theme.requirement, theme.measure, theme.owner)
        for theme in vocabulary.themes.values()
    )
    columns = (
        TableColumn("theme", Text(en="Theme", zh="主题"), Unit.TEXT),
        TableColumn("words", Text(en="Words", zh="词语"), Unit.TEXT),
        TableColumn("requirement", Text(en="Requirement", zh="关键需求"), Unit.TEXT),
        TableColumn("measure", Text(en="Measured by", zh="衡量指标"), Unit.TEXT),
        TableColumn("owner", Text(en="Usually seen to by", zh="通常负责部门"), Unit.TEXT),
    )
    return Table("themes", Text(en="Themes", zh="主题"), columns, rows)


def _questions(instrument: InstrumentDefinition) -> Table:
    rows = tuple(
        (name, question.text, _scale_words(instrument, name), _about_words(instrument, name))
        for name, question in instrument.questions.items()
    )
    title = TableColumn("text", Text(en="Question", zh="题目"), Unit.TEXT)
    return Table("questions", Text(en="Questions", zh="题目"), (_NAME, title, _SCALE, _ABOUT), rows)


def _scale_words(instrument: InstrumentDefinition, question: str) -> Text:
    """The answers of a question in short: `0 (Not at all likely) to 10 (Extremely likely)`."""
    scale = instrument.scale_of(question)
    if scale.kind == "text":
        return Text(en="in words", zh="文字")
    if scale.kind == "points":
        return Text(en=f"points, {scale.total:g} in all", zh=f"点数，合计{scale.total:g}")
    low, high = (_end(scale, end) for end in scale.bounds)
    turned = instrument.questions[question].reversed
    return Text(
        en=f"{low.en} to {high.en}{', reversed' if turned else ''}",
        zh=f"{low.zh} 至 {high.zh}{'，反向题' if turned else ''}",
    )


def _end(scale: Scale, end: float) -> Text:
    label = scale.labels.get(int(end))
    if label is None:
        return Text(en=f"{end:g}", zh=f"{end:g}")
    return Text(en=f"{end:g} ({label.en})", zh=f"{end:g}（{label.zh}）")


def _about_words(instrument: InstrumentDefinition, name: str) -> Text:
    """Construct or topic, and what is asked of it."""
    question = instrument.questions[name]
    about = instrument.topics.get(question.topic or "") or instrument.constructs.get(question.indicates or "")
    aspect = ASPECTS[question.aspect]
    if about is None:
        return aspect
    if question.aspect == "rating":
        return about
    return Text(en=f"{about.en}: {aspect.en}", zh=f"{about.zh}：{aspect.zh}")
