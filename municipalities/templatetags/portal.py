"""How the portal writes dates, numbers, deadlines and states, the same on every page (``{% load portal %}``).

Hard spaces keep a day with its month and thousands together. All words go through the translations.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from municipalities.context import Crumb
from municipalities.models import User

register = template.Library()
NBSP = "\u00a0"
MINUS = "\u2212"

# --- Dates ------------------------------------------------------------------------------------------


@register.filter
def day(value: date | datetime | None) -> str:
    """``1. mai 2022``, with a hard space after the day's point; the empty string for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return date_format(value, "j. F Y").replace(". ", f".{NBSP}", 1)


@register.filter
def short_day(value: date | datetime | None) -> str:
    """``1. mai``: the year is known from where it stands."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return date_format(value, "j. F").replace(". ", f".{NBSP}", 1)


@register.filter
def weekday(value: date) -> str:
    """``søndag 1. mai 2022``."""
    return f"{date_format(value, 'l').lower()} {day(value)}" if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """``14.04``, in Oslo's time."""
    return "" if not value else f"{timezone.localtime(value):%H.%M}"


@register.filter
def moment(value: datetime | None) -> str:
    """``23. mai 2022 kl. 14.04``, in Oslo's time, with a hard space after "kl."."""
    if not value:
        return ""
    return _("%(day)s at %(clock)s") % {"day": day(value), "clock": clock(value)}


@register.simple_tag
def when(value: date | datetime | None) -> SafeString | str:
    """A ``<time>`` element: a date as ``1. mai 2022``, a moment with its clock."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), moment(value))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), day(value))


# --- Deadlines --------------------------------------------------------------------------------------


@register.filter
def days_left(deadline: date, today: date) -> str:
    """``12 dager igjen``; on the last day ``i dag``; then ``3 dager over fristen``."""
    left = (deadline - today).days
    if left > 0:
        return ngettext("%(count)s day left", "%(count)s days left", left) % {"count": number(left)}
    if left == 0:
        return _("The deadline is today")
    return ngettext("%(count)s day past the deadline", "%(count)s days past the deadline", -left) % {
        "count": number(-left)
    }


@register.filter
def days_late(days: int) -> str:
    """``2 dager for sent``."""
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": number(days)}


@register.simple_tag
def extended_words(until: date | None) -> str:
    """``Utsatt frist til 9. mai``."""
    return _("Extended deadline until %(day)s") % {"day": short_day(until)} if until else _("Extended deadline")


@register.filter
def not_delivered(days: int) -> str:
    """``Ikke levert, 3 dager over fristen``."""
    return ngettext(
        "Not delivered, %(count)s day past the deadline", "Not delivered, %(count)s days past the deadline", days
    ) % {"count": number(days)}


@register.inclusion_tag("components/deadline.html")
def deadline(value: date, today: date, small: str = "") -> dict[str, Any]:
    """The deadline in days (large) and as a date with its weekday and "kl. 23.59"."""
    return {"deadline": value, "today": today, "small": small}


# --- Numbers ----------------------------------------------------------------------------------------


@register.filter
def number(value: float | Decimal | None, decimals: int | None = None) -> str:
    """``1 230`` and ``12,5``: hard space between thousands, decimal comma, a real minus; "" for None.

    ``decimals`` fixes how many follow the comma; without it whole numbers have none and others as many as they have.
    """
    if value is None or value == "":
        return ""
    exact = Decimal(str(value))
    if decimals is not None:
        exact = round(exact, int(decimals))
    text = f"{abs(exact):,f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.replace(",", NBSP).replace(".", ",")
    return f"{MINUS}{text}" if exact < 0 and text.strip("0,") else text


@register.filter
def per_cent(part: float | None, whole: float | None = None) -> str:
    """``85 %``: ``part`` of ``whole``, or ``part`` itself when it is a percentage; "" where there is no whole."""
    if part is None or (whole is not None and not whole):
        return ""
    value = Decimal(str(part)) if whole is None else Decimal(str(part)) * 100 / Decimal(str(whole))
    return f"{number(value.quantize(Decimal(1), rounding='ROUND_HALF_UP'))}{NBSP}%"


@register.filter
def signed(value: Any) -> str:
    """``+39``, ``−3`` or ``0``."""
    if value is None or value == "":
        return ""
    return f"+{number(value)}" if value > 0 else number(value)


@register.simple_tag
def out_of(part: int, whole: int) -> str:
    """``168 av 356``: a count always says of how many."""
    return _("%(part)s of %(whole)s") % {"part": number(part), "whole": number(whole)}


# --- States -----------------------------------------------------------------------------------------

STATES: dict[str, tuple[Any, str]] = {
    # the report
    "not_started": (gettext_lazy("Not started"), "neutral"),
    "draft": (gettext_lazy("Draft"), "info"),
    "submitted": (gettext_lazy("Sent in"), "accent"),
    "returned": (gettext_lazy("Returned"), "warning"),
    "approved": (gettext_lazy("Approved"), "success"),
    "reopened": (gettext_lazy("Opened again"), "brand2"),
    # a job
    "queued": (pgettext_lazy("job", "Waiting"), "neutral"),
    "running": (pgettext_lazy("job", "Being made"), "info"),
    "done": (pgettext_lazy("job", "Ready"), "success"),
    "failed": (pgettext_lazy("job", "Did not work"), "danger"),
    "cancelled": (pgettext_lazy("job", "Cancelled"), "neutral"),
    # a difference between two reports
    "changed": (pgettext_lazy("difference", "Changed"), "warning"),
    "new": (pgettext_lazy("difference", "New"), "success"),
    "removed": (pgettext_lazy("difference", "Removed"), "neutral"),
    # others
    "on_behalf": (gettext_lazy("Delivered on behalf of the municipality"), "brand2"),
    "internal": (gettext_lazy("Internal, the municipality does not see this"), "brand2"),
}


@register.simple_tag
def status_tag(state: str, label: Any = "", color: str = "") -> SafeString:
    """The tag of a state: the word carries the meaning, the colour only helps.

    ``state`` is a key of ``STATES`` (a report's, a job's or a difference's); ``label`` and ``color`` replace what
    stands there, and are needed for a state that does not.
    """
    word, known = STATES.get(str(state), (label, "neutral"))
    return format_html('<span class="ds-tag" data-color="{}">{}</span>', color or known, label or word)


@register.simple_tag
def tag(label: Any, color: str = "neutral") -> SafeString:
    """A tag with words of one's own: ``{% tag text "warning" %}``."""
    return format_html('<span class="ds-tag" data-color="{}">{}</span>', color, label)


@register.simple_tag
def warnings_tag(count: int) -> SafeString:
    """``1 varsel`` or ``2 varsler`` in yellow; ``Ingen`` as plain text."""
    if not count:
        return format_html("{}", pgettext("warnings", "None"))
    words = ngettext("%(count)s warning", "%(count)s warnings", count) % {"count": number(count)}
    return tag(words, "warning")


@register.simple_tag
def delivery_tag(kind: str, days: int = 0) -> SafeString | str:
    """How a delivery stands to its deadline: ``on_time`` is plain text, ``extended`` (inside a deadline of its own)
    too, ``late`` and ``missing`` are red with the days, ``pending`` is a dash: nothing is expected yet."""
    if kind == "on_time":
        return format_html("{}", _("On time"))
    if kind == "extended":
        return format_html("{}", _("Within the extended deadline"))
    if kind == "late":
        return tag(days_late(days), "danger")
    if kind == "missing":
        return tag(not_delivered(days), "danger")
    return mark_safe("–")


# --- Names ------------------------------------------------------------------------------------------


@register.filter
def unit_name(unit: Any) -> SafeString:
    """All official names of a municipality, the Sami or Kven part in a ``lang`` span.

    ``unit`` has ``name`` and ``official_names`` (``[{"name", "lang"}, …]``).
    """
    others = [entry for entry in unit.official_names or () if entry["name"] != unit.name]
    parts = format_html_join("", ' – <span lang="{}">{}</span>', ((other["lang"], other["name"]) for other in others))
    return format_html("{}{}", unit.name, parts)


# --- The frame --------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def crumb(context: Any, label: Any, to: str = "", *args: Any, **kwargs: Any) -> str:
    """One step of the breadcrumbs, in the block ``breadcrumbs``: ``{% crumb label "url_name" pk %}``.

    ``to`` may also be an address that begins with ``/``; without it the step is the page itself. Writes nothing where
    it stands: the frame draws the trail.
    """
    request = context.get("request")
    if not to:
        context["frame"].trail.append(Crumb(label, request.path if request else "", current=True))
    else:
        url = to if to.startswith("/") else reverse(to, args=args, kwargs=kwargs)
        context["frame"].trail.append(Crumb(label, url))
    return ""


DEMO_USERS = (
    ("kommune-3004", gettext_lazy("Contact in a municipality: fills in the form and sends it in")),
    ("statsforvalter-oslo-og-viken", gettext_lazy("The statsforvalter: reviews 52 municipalities and 15 districts")),
    ("hdir", gettext_lazy("Helsedirektoratet: follows all offices and builds the national summary")),
    ("hod", gettext_lazy("The ministry: reads the summaries that were sent")),
)


@register.simple_tag
def demo_users() -> list[dict[str, Any]]:
    """Whom a visitor of the demo can log in as: ``who``, ``what``, ``username``, ``password``. Else empty."""
    if not (settings.PORTAL_DEMO and settings.PORTAL_DEMO_PASSWORD):
        return []
    names = [name for name, _what in DEMO_USERS]
    found = {user.username: user for user in User.objects.filter(username__in=names, is_active=True)}
    password = settings.PORTAL_DEMO_PASSWORD
    return [
        {"who": str(found[name]), "what": what, "username": name, "password": password}
        for name, what in DEMO_USERS
        if name in found
    ]


class CaptureNode(template.Node):
    """See ``captureas``."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: template.Context) -> str:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # a template has already escaped it
        return ""


@register.tag
def captureas(parser: Parser, token: Token) -> CaptureNode:
    """``{% captureas lead %}…{% endcaptureas %}``: keep what is rendered inside, to see if it is empty."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError("captureas takes one name")
    nodelist = parser.parse(("endcaptureas",))
    parser.delete_first_token()
    return CaptureNode(nodelist, bits[1])


@register.filter
def joined(values: Iterable[Any]) -> str:
    """``a, b og c``."""
    items = [str(value) for value in values]
    if len(items) < 2:
        return "".join(items)
    return _("%(first)s and %(last)s") % {"first": ", ".join(items[:-1]), "last": items[-1]}
