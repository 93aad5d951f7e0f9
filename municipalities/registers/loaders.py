"""What other apps load beside the registers. An app to the left says so when it is ready; none is imported here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Loader = Callable[[dt.datetime], dict[str, int]]
"""Given the moment, adds what is missing and returns how many rows by what they are; run again it adds none."""

_LOADERS: dict[str, Loader] = {}


def loader_register(name: str, load: Loader) -> None:
    """Have ``load`` run with the registers. Registering a name again replaces it, as when code is loaded twice."""
    _LOADERS[name] = load


def others_load(now: dt.datetime) -> dict[str, int]:
    """Run all loaders in the order of their names; the rows added, by what they are."""
    added: dict[str, int] = {}
    for name in sorted(_LOADERS):
        added |= _LOADERS[name](now)
    return added
