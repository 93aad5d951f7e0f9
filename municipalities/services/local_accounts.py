"""Local accounts: whom a typed name means, a new password for somebody who forgot hers, and accounts that are over."""

from __future__ import annotations

import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.urls import reverse

from municipalities.mail import absolute_url, mail_queue_template
from municipalities.models import Invitation, Membership, PasswordWish, User
from municipalities.transitions import log

WISH_LIVES = dt.timedelta(hours=1)
"""A wish that no job has looked into for so long is dropped: whoever asked has asked again, or given up."""


def user_named(typed: str) -> User | None:
    """Whom a user name or an e-mail address means; a user name before an address, an open account before a closed one.
    One query, whatever was typed."""
    name = typed.strip()
    exact = Case(When(username__iexact=name, then=Value(0)), default=Value(1))
    rows = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name))
    return rows.order_by(exact, "-is_active", "pk").first()


def password_reset_ask(*, email: str, now: dt.datetime) -> PasswordWish:
    """Write down that somebody asked for a new password, whether the portal knows the address or not.

    The answer to her is given before anybody looks: it cannot tell by its content or its time who has an account.
    """
    from municipalities.tasks import look_into_wish  # the task is a door and imports this module

    with transaction.atomic():
        wish = PasswordWish.objects.create(email=email[:254], asked_at=now)
        look_into_wish.start(wish.pk)
    return wish


def password_wish_settle(*, pk: int, now: dt.datetime) -> int:
    """Send what a wish leads to, and forget it. Returns how many mails were written (none when run again).

    Only an account that has a password gets a link: an invitation that has expired is sent again by who sent it, and
    people who come by their organisation's login have no password here.
    """
    with transaction.atomic():
        wish = PasswordWish.objects.select_for_update().filter(pk=pk).first()
        if wish is None:
            return 0
        wish.delete()
        if wish.asked_at < now - WISH_LIVES:
            return 0
        users = [user for user in _with_address(wish.email) if user.has_usable_password()]
        for user in users:
            address = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
            url = absolute_url(reverse("account_reset_password_from_key", kwargs=address))
            mail_queue_template(
                key=f"password wish:{pk} user:{user.pk}",
                user=user,
                name="new_password",
                context={"url": url, "username": user.username},
                now=now,
            )
        return len(users)


def password_wishes_waiting(*, now: dt.datetime) -> list[int]:
    """Wishes whose job never came; those that are too old are settled without a mail."""
    rows = PasswordWish.objects.filter(asked_at__lt=now - dt.timedelta(minutes=2))
    return list(rows.values_list("pk", flat=True))


def sessions_end(user: User) -> None:
    """End every session of ``user`` at once: what they are checked by is another from now on."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)


def access_over(*, membership: Membership, actor: User | None, now: dt.datetime, today: dt.date) -> None:
    """What follows when an access has ended: its invitations lead nowhere, she is logged out everywhere, and an account
    to which no access is left is closed, with an Event. The site's own staff is not closed by this."""
    open_ones = Invitation.objects.filter(membership=membership, used_at=None, stopped_at=None)
    open_ones.update(stopped_at=now)
    user = membership.user
    sessions_end(user)
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    left = Membership.objects.filter(still, user=user).exclude(pk=membership.pk).exists()
    if left or user.is_staff or user.is_superuser or not user.is_active:
        return
    User.objects.filter(pk=user.pk).update(is_active=False, closed_at=now)
    user.is_active, user.closed_at = False, now
    log(user, "user_closed", actor=actor, now=now, note="no access left")


def user_reopen(*, user: User, actor: User, now: dt.datetime) -> None:
    """Open an account that the portal closed by itself. Its password is gone: she shows anew, by an invitation, that
    the address is hers."""
    user.is_active, user.closed_at = True, None
    user.set_unusable_password()
    user.save(update_fields=["is_active", "closed_at", "password"])
    log(user, "user_reopened", actor=actor, now=now)


def _with_address(email: str) -> QuerySet[User]:
    return User.objects.filter(email__iexact=email.strip(), is_active=True, service_account=None).order_by("pk")
