"""The opening of a round's figures: from then on those who reported see their own answers beside the others', and they
are told of it once."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import TransitionRefused, log
from reporting.models import Notice, Report, Round
from reporting.querysets import editors_of
from reporting.services.notices import notice_write, notices_write
from reporting.services.regional import office_staff

RIGHT = "figures.open"
OPEN, CLOSED = "figures_open", "figures_closed"


def figures_open(*, round_: Round, actor: User, now: dt.datetime) -> Round:
    """Open the figures of ``round_``, and tell those who reported in it: the contacts of each municipality and district
    whose report is sent in, and the staff of their statsforvalter. Open already: nothing changes, and the first moment
    stays. Opened a second time: nobody is told again.

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
            if moment is not None:
                _tell(row, now)
    return row


def _tell(round_: Round, now: dt.datetime) -> None:
    """The key names the round alone, so that a second opening gives no second notice. Those who were not told yet when
    the figures were closed are told now: their rows wait again."""
    kind, key, today = Notice.Kind.FIGURES_OPEN, f"round:{round_.pk} figures", timezone.localdate(now)
    untold = Notice.objects.across_all(reason="tell of opened figures").filter(round=round_, kind=kind, mail=None)
    untold.exclude(dropped_at=None).update(dropped_at=None)
    rows = Report.objects.across_all(reason="tell of opened figures").filter(round=round_, status__in=Report.DELIVERED)
    reports = list(rows.select_related("municipality").defer("draft").order_by("pk"))
    editors = editors_of({report.municipality_id for report in reports}, today=today)
    told = [(report, editors.get(report.municipality_id, ())) for report in reports]
    notices_write(kind=kind, round=round_, reports=told, now=now, key=key)
    path = _beside_the_last(round_)
    for office in sorted({report.office_id for report in reports}):
        notice_write(
            kind=kind, round=round_, users=office_staff(office, today), now=now, key=f"{key} office:{office}",
            facts={"audience": "office", "office": office, "path": path},
        )  # fmt: skip


def _beside_the_last(round_: Round) -> str:
    """The page with the round beside the one before it, or beside itself where it is the first."""
    rows = Round.objects.across_all(reason="the round before").exclude(kind=Round.Kind.TEST)
    earlier = rows.filter(opened_at__isnull=False, reference_date__lt=round_.reference_date)
    first = earlier.order_by("reference_date").values_list("reference_date", flat=True).last() or round_.reference_date
    return (
        f"{reverse('compare_rounds')}?{urlencode({'fra': first.isoformat(), 'til': round_.reference_date.isoformat()})}"
    )
