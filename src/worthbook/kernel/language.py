"""Text in the two languages that Worthbook speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of text in English and in Chinese; neither may be missing.

    >>> greeting = Text(en="{n} customers", zh="{n} 位客户")
    >>> greeting.format(n=3).say("zh")
    '3 位客户'
    """

    en: str
    zh: str

    def say(self, language: Language) -> str:
        """The text in one language."""
        return self.zh if language == "zh" else self.en

    def format(self, **values: object) -> Text:
        """Fill the `{placeholders}` of both languages; a `Text` value is filled in its own language."""

        def fill(language: Language) -> str:
            spoken = {key: value.say(language) if isinstance(value, Text) else value for key, value in values.items()}
            return self.say(language).format(**spoken)

        return Text(en=fill("en"), zh=fill("zh"))

    def __str__(self) -> str:
        """English, for logs and tracebacks."""
        return self.en
