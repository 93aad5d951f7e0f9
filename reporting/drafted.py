"""A document as its composition and the facts of this moment would make it: looked at, and never stored."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext

from reporting.documents.added import with_added
from reporting.documents.collect import collect
from reporting.documents.compute import compute
from reporting.documents.content import Content
from reporting.documents.facts import Composed
from reporting.models import Composition


def drafted(composition: Composition, *, language: str, now: dt.datetime) -> Content:
    """The content in ``language`` (the one that is active), with the figures of this moment, and no version of it made.

    ``now`` is aware. Everything is collected and computed anew: it is a page that a few people open a few times.
    """
    moment = timezone.localtime(now, timezone.get_default_timezone())
    facts = collect(
        composition.round, frozen_at=moment, version=0, composed=Composed.of(composition), sheets=False
    )  # fmt: skip
    return compute(with_added(facts), language, gettext)
