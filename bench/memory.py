"""How much more memory a piece of work takes at its worst moment."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")
MARK = Path("/proc/self/clear_refs")


def peak(work: Callable[[], Any]) -> float | None:
    """MiB of the process at its highest during ``work``, less what it had before; None where the kernel tells no such
    thing (it does on Linux)."""
    gc.collect()
    _give_back()
    try:
        MARK.write_text("5")  # begins the highest mark anew
        before = _kib("VmRSS")
    except OSError:
        return None
    work()
    return (_kib("VmHWM") - before) / 1024


def _give_back() -> None:
    """Let the heap return what earlier work has left free: else the next one would use it, and seem to need nothing."""
    with suppress(OSError, AttributeError):  # another C library has no such call
        ctypes.CDLL(None).malloc_trim(0)


def _kib(name: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
