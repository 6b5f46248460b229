"""What every customer is worth to you, and what you are worth to every customer.

The front door for Python: `worthbook.open` a book and ask it for columns; or fit a model to your own arrays with
`worthbook.models.lifetime`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from worthbook.services.open_book import OpenBook

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(folder: Path | str) -> OpenBook:  # noqa: A001 - reads as `worthbook.open(…)`
    """Open the book in a folder; use it in a `with` block, or close it.

    Raises:
        WorthbookError: If there is no book, or its own definitions have problems.
    """
    from worthbook.services.open_book import open_book  # noqa: PLC0415 - a bare import stays quick

    return open_book(folder)


def __getattr__(name: str) -> object:
    """Reach `worthbook.models.lifetime` after a bare `import worthbook`, without loading it before it is used."""
    if name == "models":
        import importlib  # noqa: PLC0415

        importlib.import_module("worthbook.models.lifetime")
        return importlib.import_module("worthbook.models")
    message = f"module 'worthbook' has no attribute '{name}'"
    raise AttributeError(message)
