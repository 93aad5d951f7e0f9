"""Which files of a summary are not there yet: it is not marked as sent before all are, for what was sent is what the
ministry and the regions read, and what the archive keeps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.services import office_names
from reporting.documents import build
from reporting.models import Document, NationalSummary, SummaryContent
from reporting.services.delivery import VOLUME_FORMATS, is_there

NAMED = 3  # files that the sentence names one by one; of more it says how many there are of each kind
_Kind = Document.Kind
FORMATS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel", "json": "JSON"}


@dataclass(frozen=True)
class MissingFile:
    """A file that belongs to a summary and is not drawn, or is gone. ``office`` is the region of a volume."""

    kind: str
    format: str
    language: str
    office: int | None = None


def missing_files(summary: NationalSummary) -> list[MissingFile]:
    """The files that a made summary should have and has not: the note's four in each language, each region's volume,
    and where there are volumes the delivery. Two queries, and a look at the disk for each file."""
    rows = Document.objects.get_queryset().filter(summary=summary, status=Document.Status.DONE)
    done = {
        MissingFile(kind, fmt, language, office)
        for kind, fmt, language, office, file in rows.values_list("kind", "format", "language", "office_id", "file")
        if is_there(file)
    }
    return [file for file in _wanted(summary) if file not in done]


def _wanted(summary: NationalSummary) -> Iterator[MissingFile]:
    volumes = SummaryContent.objects.filter(summary=summary, office__isnull=False)
    regions = list(volumes.order_by("office__order").values_list("office_id", "language"))
    for language in build.LANGUAGES:
        for fmt in build.FORMATS:
            yield MissingFile(_Kind.SUMMARY, fmt, language)
        mine = [office for office, code in regions if code == language]
        for office in mine:
            for fmt in VOLUME_FORMATS:
                yield MissingFile(_Kind.VOLUME, fmt, language, office)
        if mine:
            yield MissingFile(_Kind.DELIVERY, "zip", language)


def missing_sentence(summary: NationalSummary, missing: list[MissingFile]) -> str:
    """What is missing, in one sentence in the language in use; empty when nothing is."""
    if not missing:
        return ""
    names = _named(summary, missing) if len(missing) <= NAMED else _counted(missing)
    said = ngettext(
        "It cannot be marked as sent yet: %(n)s of its files is not there (%(names)s).",
        "It cannot be marked as sent yet: %(n)s of its files are not there (%(names)s).",
        len(missing),
    )
    return said % {"n": len(missing), "names": ", ".join(names)}


def _named(summary: NationalSummary, missing: list[MissingFile]) -> list[str]:
    regions = office_names(summary.as_of) if any(file.office for file in missing) else {}
    return [_name(file, regions[file.office].short_name if file.office else "") for file in missing]


def _counted(missing: list[MissingFile]) -> list[str]:
    found = Counter(file.kind for file in missing)
    words = {
        _Kind.SUMMARY: _("%(n)s of the document"), _Kind.VOLUME: _("%(n)s of the regions' volumes"),
        _Kind.DELIVERY: _("%(n)s of the delivery"),
    }  # fmt: skip
    return [text % {"n": found[kind]} for kind, text in words.items() if found[kind]]


def _name(file: MissingFile, region: str) -> str:
    language = dict(settings.LANGUAGES)[file.language].lower()
    if file.kind == _Kind.DELIVERY:
        return _("all files in one, %(language)s") % {"language": language}
    words = {"format": FORMATS[file.format], "language": language, "region": region}
    if file.kind == _Kind.VOLUME:
        return _("the volume of %(region)s as %(format)s, %(language)s") % words
    return _("the document as %(format)s, %(language)s") % words
