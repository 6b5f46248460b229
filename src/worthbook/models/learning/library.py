"""scikit-learn, where it is installed: it is loaded only by what learns."""

from __future__ import annotations

import importlib
from typing import Any

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

LEARNING_ABSENT = Fault(
    "extra-learning-absent",
    what=Text(
        en="This needs the library scikit-learn, which is not installed.",
        zh="此功能需要 scikit-learn 库，目前未安装。",
    ),
    hint=Text(en="Install worthbook[learning].", zh="请安装 worthbook[learning]。"),
)


def library(name: str) -> Any:  # noqa: ANN401  # the library has no types
    """A module of the library by its name.

    Raises:
        WorthbookError: `extra-learning-absent`.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise LEARNING_ABSENT() from None  # noqa: RSE102  # a fault makes the exception
