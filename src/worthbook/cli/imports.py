"""`worthbook imports`: what was imported, by whom and when."""

from __future__ import annotations

from worthbook.cli.console import (
    BookOption,
    JsonOption,
    LanguageOption,
    answering,
    language_of,
    print_json,
    print_lines,
)


def imports(
    book: BookOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """List all imports, oldest first."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.find_book import find_book  # noqa: PLC0415
        from worthbook.services.undo_import import NONE, list_imports  # noqa: PLC0415

        listed = list_imports(find_book(book))
        if as_json:
            print_json([each.as_json() for each in listed])
            return
        print_lines(line for each in listed for line in each.say(chosen))
        if not listed:
            print_lines([NONE.say(chosen)])
