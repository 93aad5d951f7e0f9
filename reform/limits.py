"""How often something may be tried: counted in the shared cache, so that the limits hold over all web processes.

A limit is a line of ``settings.PORTAL_LIMITS``: so many times in so many seconds, for one key (an account, an address,
or both). Counting slides: what is older than the period counts no more, so nobody waits longer than that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import ceil

from allauth.core.internal.ratelimit import cache_lock
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

UNCOUNTED = 5
"""Seconds to wait when the count itself could not be reached in time: then nothing is let through."""


@dataclass(frozen=True)
class Spent:
    """One try that was counted, so that it can be given back: ``key`` in the cache, and its moment."""

    key: str
    moment: float
    seconds: int


class TooMany(Exception):
    """The limit is reached; ``wait`` is how many seconds it takes until one more try is let through."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"wait {ceil(wait)} s")
        self.wait = max(1, ceil(wait))

    @property
    def sentence(self) -> str:
        """When to try again, in words."""
        minutes = ceil(self.wait / 60)
        if self.wait < 60:
            return _("There were too many tries. Try again in a minute.")
        words = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
        return _("There were too many tries. Try again in %(time)s.") % {"time": words}

    def as_fault(self) -> ValidationError:
        return ValidationError(self.sentence, code="too_many")


def spend(*wanted: tuple[str, str], moment: float) -> list[Spent]:
    """Count one try against each (limit, key) at ``moment`` (seconds since 1970).

    Returns what was counted. Raises TooMany, and counts nothing, when one of them is used up; KeyError for a limit that
    the settings do not name.
    """
    counted: list[Spent] = []
    try:
        for name, key in wanted:
            counted.append(_spend(name, key, moment))
    except TooMany:
        give_back(counted)
        raise
    return counted


def give_back(counted: list[Spent]) -> None:
    """Take tries back that turned out right."""
    for spent in counted:
        with cache_lock(spent.key) as locked:
            if locked:
                history = cache.get(spent.key, [])
                if spent.moment in history:
                    history.remove(spent.moment)
                    cache.set(spent.key, history, spent.seconds)


def _spend(name: str, key: str, moment: float) -> Spent:
    amount, seconds = settings.PORTAL_LIMITS[name]
    place = "limit:" + hashlib.sha256(f"{name}\0{key}".encode()).hexdigest()  # an address is no cache key to be read
    with cache_lock(place) as locked:
        if not locked:
            raise TooMany(UNCOUNTED)
        history = [then for then in cache.get(place, []) if then > moment - seconds]
        if len(history) >= amount:
            raise TooMany(min(history) + seconds - moment)
        history.append(moment)
        cache.set(place, history, seconds)
    return Spent(place, moment, seconds)
