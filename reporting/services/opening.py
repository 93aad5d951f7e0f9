"""The opening of a round's figures: from then on those who reported see their own answers beside the others'."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import TransitionRefused, log
from reporting.models import Round

RIGHT = "figures.open"
OPEN, CLOSED = "figures_open", "figures_closed"


def figures_open(*, round_: Round, actor: User, now: dt.datetime) -> Round:
    """Open the figures of ``round_``. Open already: nothing changes, and the first moment stays.

    Raises PermissionDenied, and TransitionRefused for a test round or one that nobody has been asked in yet.
    """
    return _set(round_, actor, now, now)


def figures_close(*, round_: Round, actor: User, now: dt.datetime) -> Round:
    """Close them again; closed already: nothing changes. Raises as ``figures_open``."""
    return _set(round_, actor, now, None)


def figures_shown(round_: Round, user: User, *, today: dt.date) -> bool:
    """Whether ``user`` may see what others have answered in ``round_``: all who reported when it is opened, and before
    that those who open it."""
    if round_.is_test:
        return False
    return round_.figures_opened_at is not None or bool(can(user, RIGHT, today=today))


def _set(round_: Round, actor: User, now: dt.datetime, moment: dt.datetime | None) -> Round:
    if not (decision := can(actor, RIGHT, today=timezone.localdate(now))):
        raise PermissionDenied(decision.reason)
    with transaction.atomic():
        rows = Round.objects.across_all(reason="open or close the figures").select_for_update(of=("self",))
        row: Round = rows.get(pk=round_.pk)
        if row.is_test:
            raise TransitionRefused(_("A test round is counted nowhere, and has no figures to open."))
        if row.opened_at is None or row.opens_on > timezone.localdate(now):
            raise TransitionRefused(_("The round has not begun, so there are no figures to open."))
        before = row.figures_opened_at
        if (before is None) != (moment is None):
            row.figures_opened_at = moment
            row.save(update_fields=["figures_opened_at"])
            states = (CLOSED, OPEN) if moment else (OPEN, CLOSED)
            log(row, states[1], actor=actor, now=now, from_state=states[0], to_state=states[1])
    return row
