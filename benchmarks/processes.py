"""Commands as users run them: a process of their own, its time, and the memory of it and of all that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.02
"""Seconds between two looks at the memory."""
_GIGABYTE = 1e9
PROGRAM = (sys.executable, "-c", "from worthbook.cli.main import main; main()")
"""What the installed command does."""


@dataclass(frozen=True)
class Ran:
    """How a command ran."""

    seconds: float
    gigabytes: float
    """The largest resident memory of the process and its descendants together."""


class CommandFailedError(Exception):
    """The command ended with an error; its last words are the message."""


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end.

    Raises:
        CommandFailedError: If its exit code is not 0.
    """
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)  # noqa: S603 - our own command
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(_EVERY)
        seconds = time.perf_counter() - start
        if process.returncode:
            said.seek(0)
            raise CommandFailedError(said.read().decode(errors="replace")[-2000:])
    return Ran(seconds, peak / _GIGABYTE)


def seconds_of(command: Sequence[str]) -> float:
    """Seconds that a command takes, with nobody looking on."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    return time.perf_counter() - start


def _resident(pid: int) -> int:
    """Bytes; 0 where the system does not say."""
    folder = Path("/proc") / str(pid)
    try:
        pages = int((folder / "statm").read_text().split()[1])
        children = [child for task in (folder / "task").iterdir() for child in (task / "children").read_text().split()]
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(_resident(int(child)) for child in children)
