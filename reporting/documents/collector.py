"""A quieter garbage collector for drawing: half a million layout objects live until the file is written, and looking
through them all again and again is a fifth of the time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 50_000
"""So many new objects before the youngest are looked through; Python's own 700 is for programs that hold little."""


_set_aside: list[bool] = []
"""Filled when this process has set aside what it is made of: code, models, templates. That never becomes garbage."""


@contextmanager
def fewer_collections() -> Iterator[None]:
    """While it lasts, the program itself is not looked through, and the rest seldom. What was drawn is collected
    after, so that nothing adds up from job to job; that is quick, for only what came since is looked through."""
    before = gc.get_threshold()
    if not _set_aside:
        gc.collect()
        gc.freeze()
        _set_aside.append(True)
    gc.set_threshold(OBJECTS, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.collect()
