"""Personal data taken out of comments before anything else is done with them.

What has a form is found by its form: e-mail and web addresses, telephone, identity-card and bank-card numbers, accounts
of messengers, people addressed with a title. Names without a form are found only if they are given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_BEFORE, _AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("link", re.compile(r"(?:https?://|www\.)[^\s，。；、]+", re.IGNORECASE)),
    ("account", re.compile(r"(?:微信号?|weixin|wechat|QQ号?)\s*[:：是]?\s*[A-Za-z0-9_-]{5,}", re.IGNORECASE)),
    ("identity", re.compile(rf"{_BEFORE}[1-9]\d{{5}}(?:19|20)\d{{9}}[\dXx]{_AFTER}")),
    ("card", re.compile(rf"{_BEFORE}(?:\d[ -]?){{15,18}}\d{_AFTER}")),
    ("phone", re.compile(rf"{_BEFORE}(?:\+?86[- ]?)?1[3-9]\d[- ]?[\d*]{{4}}[- ]?\d{{4}}{_AFTER}")),
    (
        "phone",
        re.compile(
            rf"(?<![0-9A-Za-z+])(?:\+\d{{1,3}}[- .]?)?(?:\(\d{{2,4}}\)|\d{{3,4}})[- .]\d{{3,4}}[- .]?\d{{3,4}}{_AFTER}"
        ),
    ),
    (
        "name",
        re.compile(
            r"(?:[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常]"
            r"[一-龥]{0,2}?)(?=(?:先生|女士|小姐|太太|经理|总监|老师|师傅|主任))"
        ),
    ),
    ("name", re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?")),
)
"""What is looked for, in this order: longer forms before those that they contain."""


def strip_personal(text: str, names: Iterable[str] = ()) -> str:
    """The text with each piece of personal data replaced by what it was.

    Args:
        text: A comment; full-width digits and letters are read as plain ones.
        names: Names of people that are known, such as those of the customers concerned.

    >>> strip_personal("Mr. Smith, call me at 138 0013 8000 or amy@example.com!")
    '[name], call me at [phone] or [e-mail]!'
    >>> strip_personal("王经理态度好，我的电话１３８００１３８０００")
    '[name]经理态度好，我的电话[phone]'
    """
    plain = "".join(map(_half_width, text))
    for name in sorted({each.strip() for each in names if len(each.strip()) > 1}, key=len, reverse=True):
        plain = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", "[name]", plain, flags=re.IGNORECASE)
    for what, pattern in PATTERNS:
        plain = pattern.sub(f"[{what}]", plain)
    return plain


def _half_width(sign: str) -> str:
    """A full-width digit or letter as a plain one; punctuation stays as it was written."""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if plain.isascii() and plain.isalnum() else sign
