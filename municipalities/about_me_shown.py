"""What is stored about a person, in words for her page: the files keep it as it is stored."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.models import OutgoingMail
from municipalities.personal import PERSONAL
from municipalities.trail_words import about_words, acting_words, event_words

SHOWN = 50
"""So many mails and lines of the trail stand on the page, the newest."""
OURS = ("municipalities", "networks", "reporting", "grants")
STEPS = {
    "totp": gettext_lazy("Authenticator app"),
    "webauthn": gettext_lazy("Passkey"),
    "recovery_codes": gettext_lazy("Recovery codes"),
}


def shown(stored: dict[str, Any]) -> dict[str, Any]:
    """The page's values, made of what ``services.about_me`` found."""
    return {
        "made": _moment(stored["profile"]["made"]),
        "last_login": _moment(stored["profile"]["last_login"]),
        "sessions": [_moment(row["ends"]) for row in stored["sessions"]],
        "steps": [STEPS.get(row["kind"], row["kind"]) for row in stored["login"]["second_steps"]],
        "roles": [_role(row) for row in stored["memberships"]],
        "mails": [_mail(row) for row in _newest(stored["mails"])],
        "events": [_event(row) for row in _newest(stored["events"])],
        "named": _named(stored["named"]),
    }


def _newest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows[: -SHOWN - 1 : -1]


def _moment(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _role(row: dict[str, str]) -> dict[str, Any]:
    place = ", ".join(part for part in (capfirst(row["role"]), row["where"]) if part)
    return {"place": place, "first": dt.date.fromisoformat(row["from"]),
            "last": dt.date.fromisoformat(row["to"]) if row["to"] else None}  # fmt: skip


def _mail(row: dict[str, str]) -> dict[str, Any]:
    return {"subject": row["subject"] or _("The text is emptied"), "sent": _moment(row["sent"]),
            "status": capfirst(OutgoingMail.Status(row["status"]).label)}  # fmt: skip


def _event(row: dict[str, Any]) -> dict[str, Any]:
    return {"at": _moment(row["at"]), "what": event_words(row["what"]), "about": about_words(row["about"]),
            "number": row["number"], "role": capfirst(acting_words(row["as"]))}  # fmt: skip


def _named(counts: dict[str, int]) -> list[dict[str, Any]]:
    """How often she is named in each kind of row; a row that names her in two fields counts in both. A kind of row that
    is not the portal's own, such as those of the login, is called by what it holds: it has no name in our languages."""
    found = []
    for path, count in counts.items():
        what = PERSONAL[path].what
        ours = path.partition(".")[0] in OURS
        name = about_words(path.rpartition(".")[0]) if ours else what
        found.append({"name": name, "what": what if ours else "", "count": count})
    return found
