"""Charts as inline SVG: Vega-Lite templates filled with the rows of a study's table, drawn without a browser.

Colours are CSS variables (`var(--c1)`, `var(--line)` …) and the type is inherited, so that one drawing serves a light
and a dark page. The shapes are in `charts/*.json`, one file for a kind, and `look.json` for what all share.
"""

from __future__ import annotations

import copy
import functools
import importlib.resources
import json
import threading
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, cast

import pylopdf_fonts_zh_cn
import vl_convert

from worthbook.kernel.language import Language
from worthbook.kernel.result import Chart, Table
from worthbook.reporting.marks import Marks, marks
from worthbook.reporting.matrix import matrix
from worthbook.reporting.quadrant import quadrant
from worthbook.reporting.waterfall import waterfall

Spec = dict[str, Any]

_SVG = "{http://www.w3.org/2000/svg}"
_LARGEST = 1.2
"""How far a drawing may grow in a wide page, so that its type stays near that of the text."""

_CHINESE = "\u2e80"
"""From here on letters are Chinese, in the order of Unicode."""
_LATIN_FONT = "Liberation Sans"
"""The converter brings it along. Its letters are as wide as those of the Chinese font, in which measuring takes twice
as long: it is read anew for every label."""

_LOCK = threading.Lock()


def render_chart(chart: Chart, table: Table, language: Language, currency: str = "") -> str:
    """Draw one chart as SVG to be put into a page.

    Args:
        chart: which columns go where.
        table: the rows; unknown cells are gaps.
        language: of titles, labels and numbers.
        currency: of amounts, as a code; empty where it is not known.

    Returns:
        An `svg` element with `role="img"` and the summary as its label, without a fixed size or background. The page
        must define the variables `--ink`, `--ink-soft`, `--line`, `--line-strong`, `--paper`, `--c1` to `--c6` and
        `--h1` to `--h7`.
    """
    shape = {"quadrant": quadrant, "matrix": matrix, "waterfall": waterfall}.get(chart.kind, marks)
    spec = _filled(shape(chart, table, language, currency))
    with _LOCK:  # the converter has one engine for a process; waiting here costs nothing
        _register_font()
        drawn = vl_convert.vegalite_to_svg(spec)
    return _inline(drawn, chart.summary.say(language))


def start_drawing() -> None:
    """Start the converter, which takes half a second, so that the first chart need not wait for it."""
    with _LOCK:
        _register_font()
        vl_convert.vegalite_to_svg({"mark": "point", "data": {"values": [{}]}})


@functools.cache
def _register_font() -> None:
    """Chinese labels are measured with the font's own widths wherever the report is made."""
    vl_convert.register_font_directory(str(Path(pylopdf_fonts_zh_cn.__file__).parent))


@functools.cache
def _template(name: str) -> Spec:
    file = importlib.resources.files("worthbook.reporting") / "charts" / f"{name}.json"
    return cast("Spec", json.loads(file.read_text(encoding="utf-8")))


def _filled(found: Marks) -> Spec:
    spec = copy.deepcopy(_template(found.template))
    for channel, settings in found.channels.items():
        if settings is None:
            spec["encoding"].pop(channel, None)
        else:
            _merge(spec["encoding"].setdefault(channel, {}), settings)
    spec |= found.size
    spec["data"] = {"values": found.rows}
    spec["layer"] = [*found.references, *spec["layer"]]
    if found.title:
        spec["title"] = {"text": found.title}
    chinese = max(json.dumps(spec, ensure_ascii=False)) >= _CHINESE
    spec["config"] = _template("look") if chinese else {**_template("look"), "font": _LATIN_FONT}
    return spec


def _merge(into: Spec, settings: Spec) -> None:
    for key, value in settings.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _inline(drawn: str, summary: str) -> str:
    """The SVG without namespaces, fixed size, fonts and English role descriptions: the page decides those."""
    root = ET.fromstring(drawn)  # noqa: S314 - our own converter wrote it
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        for name in list(element.attrib):
            if name in {"class", "font-family", "pointer-events", "role", "version"} or name.startswith("aria-"):
                del element.attrib[name]
    width = float(root.attrib.pop("width")) * _LARGEST
    root.attrib.pop("height")
    root.attrib |= {"role": "img", "aria-label": summary, "style": f"max-width:{width:.0f}px", "class": "chart"}
    return ET.tostring(root, encoding="unicode")
