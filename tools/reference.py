"""Writes the reference pages that are made from the program; `--check` says instead which of them are out of date.

Run `make docs` after a change to a command or to an error message.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path

import typer
import typer.cli
import typer.main

from tools import catalogue_pages, gallery
from tools.checks import ROOT

FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written by `make docs`; do not edit. -->\n\n"


def errors_page() -> str:
    """Every error by its slug, in both languages."""
    from worthbook.kernel.errors import Fault  # noqa: PLC0415 - reference pages are made when asked for

    import_everything()
    lines = ["# Errors", "", "What Worthbook may say, by the name in brackets. Words in braces are filled in.", ""]
    for slug, fault in sorted(Fault.registry.items()):
        lines += [f"## {slug}", "", f"{fault.what.en} {fault.hint.en}", "", f"{fault.what.zh}{fault.hint.zh}", ""]
    # Braces that are meant as such are doubled in texts that are filled in.
    return "\n".join(lines).replace("{{", "{").replace("}}", "}")


def commands_page() -> str:
    """Every command with its options."""
    main = importlib.import_module("worthbook.cli.main")
    command = typer.main.get_command(main.app)
    text = typer.cli.get_docs_for_click(obj=command, ctx=typer.Context(command), name="worthbook")
    return text.replace("# `worthbook`", "# Commands", 1)


def import_everything() -> None:
    """Import every module of the package, so that each has declared its errors."""
    package = importlib.import_module("worthbook")
    for module in pkgutil.walk_packages(package.__path__, prefix="worthbook."):
        importlib.import_module(module.name)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "errors.md": errors_page,
    "../gallery.md": gallery.page,
    **catalogue_pages.pages(),
    catalogue_pages.SCHEMA: catalogue_pages.schema_text,
}


def outdated(folder: Path, pages: dict[str, str]) -> list[str]:
    """The pages that are missing or differ from what the program would write."""
    return [
        name
        for name, text in pages.items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; 1 where a page is out of date."""
    pages = {name: (NOTE if name.endswith(".md") else "") + make().rstrip() + "\n" for name, make in PAGES.items()}
    if arguments == ["--check"]:
        old = outdated(FOLDER, pages)
        for name in old:
            print(f"docs/reference/{name} is out of date: run `make docs`")
        return 1 if old else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(pages)} reference pages written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
