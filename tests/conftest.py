"""What all tests share: settings for property tests, the published data sets, and the Spark marker."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
import typer.testing
from hypothesis import HealthCheck, settings

from tests import quick_spark
from worthbook.data.spark import Spark

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("local", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# Nobody's own recipes decide a test.
os.environ["XDG_CONFIG_HOME"] = os.environ["APPDATA"] = str(ROOT / ".hypothesis" / "no-such-folder")

# Spark's Python workers must be this Python, and a laptop without a network must do.
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
# Its Java lives for minutes only: optimising its own code, and collecting garbage in threads, cost more than they save.
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

# The tree of all commands is built once, not at each of many hundred calls.
typer.testing._get_command = functools.cache(typer.main.get_command)  # type: ignore[attr-defined]


def java_found() -> bool:
    """Whether Spark can start: it needs a Java on the path or in JAVA_HOME."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (home is not None and (Path(home) / "bin" / "java").exists())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the tests for Spark in one process, where it starts once; leave those out that take minutes, unless asked."""
    skip = pytest.mark.skip(reason="Spark needs Java 17 or newer, and there is none on the path or in JAVA_HOME")
    found = java_found()
    if "soak" not in config.option.markexpr:
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark") if found else skip)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the repository that holds the published data sets."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the published data sets (../shared beside the repository) are absent")
    return folder


@pytest.fixture(scope="session")
def spark() -> Iterator[Spark]:
    """Spark, which starts slowly: one for all tests."""
    pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")
    with quick_spark.started() as engine:
        yield engine
