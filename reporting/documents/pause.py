"""The garbage collector off while a few pages are laid out: it would look through all their objects again and again,
and find nothing, for they live until the file is written."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Pause:
    """The collector off for as long as any thread wants it off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanting = 0
        self._before = False

    def begin(self) -> None:
        with self._lock:
            if not self._wanting:
                self._before = gc.isenabled()
                gc.disable()
            self._wanting += 1

    def end(self) -> None:
        with self._lock:
            self._wanting -= 1
            if not self._wanting and self._before:
                gc.enable()


_pause = _Pause()


@contextmanager
def no_collections() -> Iterator[None]:
    """While it lasts nothing is collected, and after it what came meanwhile: the youngest, that nobody has looked
    through. For a few pages at a time: the objects of a layout refer to each other in circles, and none of them goes
    before."""
    _pause.begin()
    try:
        yield
    finally:
        _pause.end()
        gc.collect(0)
