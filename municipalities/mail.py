"""Mail to the portal's users: written down with its reason, sent after commit, once.

A mail is an OutgoingMail row in the transaction of what it tells about. After the commit a worker claims the row and
sends it. ``key`` names the reason (``report:12/2 returned user:7``), so the same reason never gives two mails; the
claim keeps two workers, or one task that runs twice, from sending it twice. What fails is tried again by
``municipalities.tasks.resend_mails``.

Templates lie in ``templates/emails/<name>.txt``: the subject on the first line, an empty line, the text. They are
plain text in the user's language unless the caller says another. What each needs stands at its top; all of them get
``user`` and ``site``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.errors import MessageError
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation

from municipalities.models import OutgoingMail, User

log = structlog.get_logger("portal.mail")

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=2)
"""The pause after the first failure; each later one is twice as long (2, 4, 8 ... minutes, 4 hours in all)."""

_Status = OutgoingMail.Status
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\s]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def absolute_url(path: str) -> str:
    """The address of a page as it can be opened from a mail: ``settings.PORTAL_BASE_URL`` and ``path`` (``/…``)."""
    return settings.PORTAL_BASE_URL.rstrip("/") + path


def mail_text(*, name: str, user: User, context: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text of the template ``emails/<name>.txt`` in the user's language.

    Raises TemplateDoesNotExist for an unknown name.
    """
    with translation.override(user.language):
        text = render_to_string(f"emails/{name}.txt", {"user": user, "site": absolute_url("/"), **context})
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def mail_queue_template(*, key: str, user: User, name: str, context: Mapping[str, Any], now: datetime) -> OutgoingMail:
    """Queue the template ``name`` in the user's language; see ``mail_queue``."""
    subject, body = mail_text(name=name, user=user, context=context)
    return mail_queue(key=key, user=user, subject=subject, body=body, now=now)


def mail_queue(*, key: str, user: User, subject: str, body: str, now: datetime, language: str = "") -> OutgoingMail:
    """Write a mail down in the running transaction and send it after the commit.

    ``key`` (at most 120 characters) names the reason: the same key again returns the row that is there, and sends
    nothing. The subject is put on one line and cut to 250 characters. ``language`` is that of the text (``nb``,
    ``nn``) and goes into the mail's head, by which a screen reader chooses its voice; without it the user's own.
    """
    return _queue(key, user, subject, body, now, language)[0]


def mail_queue_first(
    *, key: str, user: User, subject: str, body: str, now: datetime, language: str = ""
) -> OutgoingMail | None:
    """As ``mail_queue``, but None where there is a mail of that key already: then this text is in none."""
    mail, made = _queue(key, user, subject, body, now, language)
    return mail if made else None


def _queue(key: str, user: User, subject: str, body: str, now: datetime, language: str) -> tuple[OutgoingMail, bool]:
    from municipalities.tasks import send_mail  # the task is a door and imports this module

    mail, made = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "user": user,
            "subject": _one_line(subject)[:250],
            "body": _CONTROL.sub("", body.replace("\r\n", "\n").replace("\r", "\n")),
            "language": language or user.language,
            "queued_at": now,
        },
    )
    if made:
        send_mail.start(mail.pk)
    return mail, made


def mail_send(*, pk: int, now: datetime) -> bool:
    """Send one mail if nobody else has it. Returns whether it was sent now.

    The claim is one conditional update: the second worker finds nothing to claim and leaves. A failure is written on
    the row and logged, and not raised: what the mail tells about has happened all the same.
    """
    claimed = OutgoingMail.objects.filter(pk=pk, status__in=(_Status.QUEUED, _Status.FAILED)).update(
        status=_Status.SENDING, claimed_at=now, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    mail = OutgoingMail.objects.select_related("user").get(pk=pk)
    mine = OutgoingMail.objects.filter(pk=pk, status=_Status.SENDING, attempts=mail.attempts)
    try:
        _deliver(mail)
    except (OSError, SMTPException, MessageError, ValueError) as error:
        mine.update(status=_Status.FAILED, error=_one_line(f"{type(error).__name__}: {error}")[:300])
        log.warning("mail not sent", mail=pk, attempts=mail.attempts, error=type(error).__name__)
        return False
    mine.update(status=_Status.SENT, sent_at=now, error="")
    return True


def mails_release(*, now: datetime) -> list[int]:
    """The mails that are to be tried again at ``now``, brought into a state from which they can be claimed.

    These are the failed ones whose pause is over, those whose task never came, and those whose worker died while it
    sent them. Of the last nobody knows whether they went out; they are sent again under the same Message-ID, by which
    most mail programs show them once.
    """
    stuck = now - settings.JOB_STUCK_AFTER
    OutgoingMail.objects.filter(status=_Status.SENDING, claimed_at__lt=stuck).update(
        status=_Status.FAILED, error="The worker stopped while it sent this."
    )
    named_lately = Q(claimed_at__gte=stuck)  # it waits in a long queue; naming it each time would only lengthen that
    waiting = Q(status=_Status.QUEUED, queued_at__lt=stuck) & ~named_lately
    failed = Q(status=_Status.FAILED, attempts__lt=MAX_ATTEMPTS)
    rows = OutgoingMail.objects.filter(waiting | failed).order_by("pk").values_list("pk", "attempts", "claimed_at")
    found = [pk for pk, attempts, claimed in rows if claimed is None or claimed + _pause(attempts) <= now]
    OutgoingMail.objects.filter(pk__in=found, status=_Status.QUEUED).update(claimed_at=now)
    return found


def _pause(attempts: int) -> timedelta:
    return FIRST_PAUSE * 2 ** max(attempts - 1, 0)


def _deliver(mail: OutgoingMail) -> None:
    """Hand the mail to the mail server. Raises ValueError when the user cannot get mail, else what the server says."""
    if not mail.user.is_active:
        raise ValueError("the user is not active")
    if not mail.user.email:
        raise ValueError("the user has no e-mail address")
    host = urlsplit(settings.PORTAL_BASE_URL).hostname or "portal"
    name = hashlib.sha256(f"{mail.pk} {mail.key}".encode()).hexdigest()[:32]
    headers = {
        "Message-ID": f"<{name}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language or mail.user.language,
    }
    EmailMessage(mail.subject, mail.body, None, [mail.user.email], headers=headers).send()


def _one_line(text: str) -> str:
    return _CONTROL.sub("", _BREAKS.sub(" ", text)).strip()
