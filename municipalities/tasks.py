"""Background jobs of this app: doors to ``municipalities.mail``."""

from __future__ import annotations

from municipalities import mail
from reform import clock
from reform.tasks import background_task


@background_task
def send_mail(mail_id: int) -> None:
    """Send one OutgoingMail, unless somebody else has it or has sent it."""
    mail.mail_send(pk=mail_id, now=clock.now())


@background_task
def resend_mails() -> None:
    """Try again what could not be sent; started by Celery beat."""
    for mail_id in mail.mails_release(now=clock.now()):
        send_mail.start(mail_id)
