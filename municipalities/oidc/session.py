"""What a session remembers of the login that began it.

``session["represents"]`` is a list of ids of municipalities: only roles there count in this session (``access``, by
``acting``). It is absent where the login does not restrict (a password, state staff). ``session["oidc"]`` is
there for every login by a provider.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from municipalities.models import User
from municipalities.oidc.claims import Answer
from municipalities.services.login import session_begun

LOGIN, REPRESENTS = "oidc", "represents"


def remember(session: Any, answer: Answer, user: User, represents: Collection[int] | None, now: dt.datetime) -> None:
    """Write what the login was, before it is completed: a step in between cannot lose it."""
    forget(session)
    session[LOGIN] = {
        "provider": answer.provider,
        "user": user.pk,
        "sid": answer.session,
        "acr": answer.acr,
        "at": now.isoformat(timespec="seconds"),
    }
    if represents is not None:
        session[REPRESENTS] = list(represents)


def settle(session: Any, user: User, now: dt.datetime) -> None:
    """When somebody is logged in: keep what was remembered if it is hers, and drop what another login left behind."""
    login = session.get(LOGIN)
    if not isinstance(login, dict) or login.get("user") != user.pk:
        forget(session)
        return
    if login["sid"]:
        if not session.session_key:
            session.create()
        session_begun(provider=login["provider"], sid=login["sid"], session_key=session.session_key, user=user, now=now)


def forget(session: Any) -> None:
    """Drop both."""
    session.pop(LOGIN, None)
    session.pop(REPRESENTS, None)
