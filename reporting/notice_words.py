"""The words of the notices: the portal's own, what may stand in braces in them, and how they are filled in.

No database: what Hdir has written instead is in ``reporting.services.notice_texts``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.models import Notice, NoticeText

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LANGUAGES = ("nb", "nn")
AUDIENCES: dict[str, _StrPromise] = {
    "municipality": gettext_lazy("the municipality"),
    "correction": gettext_lazy("the municipality that has its report back"),
    "office": gettext_lazy("the statsforvalter"),
    "hdir": gettext_lazy("Helsedirektoratet"),
}
PLACEHOLDERS: dict[str, _StrPromise] = {
    "enhet": gettext_lazy("the municipality, the district or the statsforvalter it is about"),
    "dato": gettext_lazy("the day that is reported on"),
    "frist": gettext_lazy("the deadline that holds for the receiver"),
    "tid": gettext_lazy("the time left, or how long the deadline is over"),
    "embete": gettext_lazy("the statsforvalter that answers for the municipality"),
    "lenke": gettext_lazy("the address of the page; it stands below the text where you do not place it yourself"),
    "antall": gettext_lazy("how many reports wait, or how many regions are not accepted"),
    "kommentar": gettext_lazy("the comment, the reason or the message that was written"),
    "avsender": gettext_lazy("who wrote it"),
    "del": gettext_lazy("the part of the form"),
}
"""What may stand in braces, with what it is. The words are Norwegian, as those who write the texts are."""

_Kind = Notice.Kind
REMINDERS = (_Kind.TWO_WEEKS, _Kind.THREE_DAYS, _Kind.LAST_DAY, _Kind.OVERDUE)
_COMMON = ("enhet", "dato", "frist", "tid", "embete", "lenke")
_WRITTEN = (
    _Kind.RETURNED, _Kind.APPROVED, _Kind.REOPENED, _Kind.EXTENDED, _Kind.FORM_CHANGED, _Kind.MESSAGE, _Kind.SECTION,
    _Kind.SECTION_DONE, _Kind.REGION_RETURNED, _Kind.ACCEPTED,
)  # fmt: skip
_BRACED = re.compile(r"\{([^{}\n]*)\}")
_GAP = re.compile(r"\n\s*\n\s*\n+")
SUBJECT_LENGTH: int = NoticeText._meta.get_field("subject").max_length or 0
BODY_LENGTH: int = NoticeText._meta.get_field("body").max_length or 0


@dataclass(frozen=True)
class Words:
    """A notice's subject and text, with braces where something is filled in."""

    subject: str
    body: str


@cache
def own_words() -> dict[tuple[str, str], dict[str, Words]]:
    """The portal's own words by (kind, audience) and language, in the order in which they are shown."""
    path = Path(__file__).parent / "data" / "notices.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["notice"]
    return {
        (row["kind"], row["audience"]): {
            language: Words(row[language]["subject"], row[language]["body"].strip()) for language in LANGUAGES
        }
        for row in rows
    }


def placeholders(kind: str, audience: str) -> tuple[str, ...]:
    """What may stand in braces in the texts of this notice."""
    more: tuple[str, ...] = ()
    if kind in _WRITTEN:
        more = ("kommentar", "avsender")
    if kind in REMINDERS and audience in ("office", "hdir"):
        more = ("antall",)
    return (*_COMMON, *more, *(("del",) if kind in (_Kind.SECTION, _Kind.SECTION_DONE) else ()))


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with what stands in braces filled in, once: braces in what somebody wrote stay as they are.

    A paragraph that becomes empty goes; braces that nobody knows are left, for a mail is better than none.
    """
    filled = _BRACED.sub(lambda found: values.get(found[1].strip(), found[0]), text)
    return _GAP.sub("\n\n", filled).strip()


def faults(subject: str, body: str, *, kind: str, audience: str) -> dict[str, str]:
    """What is wrong with Hdir's words, a sentence by field (``subject``, ``body``); empty when they can be used."""
    found = {}
    known = placeholders(kind, audience)
    for name, text, longest in (("subject", subject, SUBJECT_LENGTH), ("body", body, BODY_LENGTH)):
        if sentence := _fault(text, known, longest):
            found[name] = sentence
    if "subject" not in found and "\n" in subject.strip():
        found["subject"] = _("A subject is one line.")
    return found


def _fault(text: str, known: tuple[str, ...], longest: int) -> str:
    if not text.strip():
        return _("Write a text, or go back to the portal's own words.")
    if len(text) > longest:
        return _("The text has %(count)s characters. There is room for %(longest)s.") % {
            "count": len(text),
            "longest": longest,
        }
    listed = ", ".join(f"{{{name}}}" for name in known)
    for name in _BRACED.findall(text):
        if name.strip() not in known:
            return _("The portal does not know {%(name)s}. In this text you can use %(known)s.") % {
                "name": name,
                "known": listed,
            }
    if "{" in _BRACED.sub("", text) or "}" in _BRACED.sub("", text):
        return _("A brace stands alone. Write what is filled in as {enhet}, with a brace on each side.")
    return ""
