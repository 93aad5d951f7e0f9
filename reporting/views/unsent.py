"""A page that was sent after the session ran out: kept in the new session until the person has logged in again.

Only without script: with it the browser keeps what is typed, and sends it itself.
"""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

_NAME = "unsent_section"
_TEXTS = "unsent_texts"
_AT_MOST = 200_000
"""So many characters are kept; a section with every field full has less."""
TYPED = ("question", "text", "until", "place")
"""The fields of the review's forms, which come back when what was typed could not be kept."""


def keep(request: HttpRequest, report_id: int, path: str) -> None:
    """Keep what an anonymous person sent, for the page at ``path``. That page decides later who may save it."""
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    text = sent.urlencode()
    if any(name.startswith(("rev:", "comment:")) for name in sent) and len(text) <= _AT_MOST:
        request.session[_NAME] = {"report": report_id, "path": path, "sent": text}


def take(request: HttpRequest, report_id: int) -> QueryDict | None:
    """What was kept for this report and address, once."""
    kept = request.session.get(_NAME)
    if not kept or kept["report"] != report_id or kept["path"] != request.path:
        return None
    del request.session[_NAME]
    return QueryDict(kept["sent"])


def keep_texts(request: HttpRequest, path: str, **more: str) -> None:
    """Keep the texts that an anonymous person sent, with ``more``, for the page at ``path`` that shows them again."""
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    written = any(value.strip() for value in sent.values())
    sent.update(more)
    text = sent.urlencode()
    if written and len(text) <= _AT_MOST:
        request.session[_TEXTS] = {"path": path, "sent": text}


def take_texts(request: HttpRequest) -> QueryDict | None:
    """The texts that were kept for this address, once. The page must have asked for the reader's right before."""
    kept = request.session.get(_TEXTS)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[_TEXTS]
    return QueryDict(kept["sent"])
