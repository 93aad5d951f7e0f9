"""Background jobs of this app: doors to ``municipalities.mail`` and to the services of the trail."""

from __future__ import annotations

import structlog

from municipalities import mail
from municipalities.services import local_accounts
from municipalities.services.anonymise import contacts_forget, mails_empty
from municipalities.services.trail_retention import trail_delete_old
from municipalities.services.trail_seal import trail_seal, trail_seal_all, trail_tell
from reform import clock
from reform.tasks import background_task

log = structlog.get_logger("portal.privacy")


@background_task
def send_mail(mail_id: int) -> None:
    """Send one OutgoingMail, unless somebody else has it or has sent it."""
    mail.mail_send(pk=mail_id, now=clock.now())


@background_task
def resend_mails() -> None:
    """Try again what could not be sent; started by Celery beat."""
    for mail_id in mail.mails_release(now=clock.now()):
        send_mail.start(mail_id)
    for wish_id in local_accounts.password_wishes_waiting(now=clock.now()):
        look_into_wish.start(wish_id)


@background_task
def look_into_wish(wish_id: int) -> None:
    """Send the link for a new password, if the address belongs to an account."""
    local_accounts.password_wish_settle(pk=wish_id, now=clock.now())


@background_task
def seal_trail() -> None:
    """Seal what was written to the trail lately; started by Celery beat."""
    trail_seal(now=clock.now())


@background_task
def keep_trail() -> None:
    """Seal what committed late, delete what is past its time, and tell the log where the chains end: nightly."""
    now = clock.now()
    trail_seal_all(now=now)
    trail_delete_old(now=now)
    trail_seal_all(now=now)
    trail_tell(now=now)


@background_task
def forget_contacts() -> None:
    """Take out the names of those who left so long ago, and the text of old mails: nightly, safe to run twice."""
    now = clock.now()
    done = contacts_forget(now=now)
    log.info("contacts forgotten", users=[one.user_id for one in done], mails=mails_empty(now=now))
