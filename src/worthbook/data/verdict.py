"""Why a line of a file gives no rows: every reason, its slug and its sentence, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import dataclass

from worthbook.data.source import SourceColumn
from worthbook.kernel.language import Text

ACCEPTED = 0
"""The verdict on a line that gives rows; rejected lines have positive numbers, skipped ones negative."""


@dataclass(frozen=True)
class Reason:
    """One reason and the condition, in SQL over what was read of the line, under which it holds."""

    slug: str
    when: str
    sentence: Text
    """May hold `{value}`; `{column}` is filled already."""
    column: SourceColumn | None = None
    is_skip: bool = False


DATE_UNREADABLE = Text(en="'{value}' cannot be read as a date.", zh="“{value}”无法识别为日期。")
NUMBER_UNREADABLE = Text(en="'{value}' cannot be read as a number.", zh="“{value}”无法识别为数字。")
FLAG_UNREADABLE = Text(en="'{value}' cannot be read as yes or no.", zh="“{value}”无法识别为是或否。")
AMOUNT_TOO_LARGE = Text(en="'{value}' is larger than an amount can be.", zh="“{value}”超出金额上限。")
PRODUCT_TOO_LARGE = Text(
    en="The amount that follows from the line is larger than an amount can be.", zh="由该行算出的金额超出上限。"
)
VALUE_MISSING = Text(en="'{column}' is empty.", zh="“{column}”为空。")
DATE_IN_FUTURE = Text(en="'{value}' lies in the future.", zh="“{value}”晚于今天。")
DUPLICATE_LINE = Text(en="The same line stands in the file before.", zh="文件前面已有相同的一行。")
HEADER_LINE = Text(en="a further line of headers", zh="附加的标题行")
RATE_MISSING = Text(
    en="There is no exchange rate from '{value}' to {base} for that day.", zh="缺少当日“{value}”兑 {base} 的汇率。"
)
ANONYMOUS = Text(en="an id that means no customer in particular", zh="不代表具体客户的编号（如散客）")
WITHOUT_ROWS = Text(en="nothing in them that this layout imports", zh="其中没有该格式要导入的内容")
BLANK_LINE = Text(en="a line without any value", zh="没有任何值的空行")

PARSER_REASONS = {
    "MISSING COLUMNS": ("too-few-columns", Text(en="The line has too few columns.", zh="该行的列数不足。")),
    "TOO MANY COLUMNS": ("too-many-columns", Text(en="The line has too many columns.", zh="该行的列数过多。")),
    "UNQUOTED VALUE": (
        "quote-misplaced",
        Text(
            en="Something stands between a closing quote and the next delimiter.",
            zh="右引号与下一个分隔符之间有多余内容。",
        ),
    ),
    "LINE SIZE OVER MAXIMUM": ("line-too-long", Text(en="The line is longer than 64 MB.", zh="该行超过 64 MB。")),
    "NOT JSON": ("json-unreadable", Text(en="The line is not one JSON object.", zh="该行不是一个 JSON 对象。")),
    "INVALID ENCODING": ("encoding-invalid", Text(en="The line is not valid UTF-8.", zh="该行不是有效的 UTF-8 编码。")),
}
MALFORMED = ("line-malformed", Text(en="The line cannot be divided into columns.", zh="该行无法拆分为各列。"))
