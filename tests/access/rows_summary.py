"""Who may open and press what on the pages about the country, and who gets a file."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from municipalities.models import Municipality
from reporting.models import Document, NationalSummary, SummaryContent
from reporting.services.documents import document_render
from reporting.services.summaries import summary_build, summary_request
from tests.access.matrix import Row, Target
from tests.access.rows_review import sent_in
from tests.reporting.drawn_files import draw_files
from tests.world import World

NOW = dt.datetime(2022, 5, 4, 8, 0, tzinfo=ZoneInfo("Europe/Oslo"))


def clock() -> dt.datetime:
    return NOW


def built(world: World, unit: Municipality) -> NationalSummary:
    """A summary that is ready and not sent; the same for every unit."""
    report = sent_in(world, unit)
    ready = NationalSummary.objects.get_queryset().filter(round=report.round, status="ready").first()
    if ready is not None:
        return ready
    summary = summary_request(round=report.round, actor=None, now=NOW)
    summary_build(pk=summary.pk, clock=clock)
    summary.refresh_from_db()
    return summary


def summary(**data: Any):
    def make(world: World, unit: Municipality) -> Target:
        return Target(obj=built(world, unit), data=data or None)

    return make


def in_state(status: str, **data: Any):
    """A version in another state, one for each state, the same for every unit."""

    def make(world: World, unit: Municipality) -> Target:
        first = built(world, unit)
        known = NationalSummary.objects.get_queryset()
        row = known.filter(round=first.round, status=status).first()
        if row is None:
            fields = {"sent_at": NOW, "sent_case": "22/1"} if status == "sent" else {}
            row = known.create(
                round=first.round, version=100 + list(NationalSummary.Status).index(status), status=status,
                as_of=first.as_of, frozen_at=NOW, requested_at=NOW, approved_at=NOW, **fields,
            )  # fmt: skip
            kept = SummaryContent.objects.filter(summary=first)  # a page that refuses shows what the version says
            SummaryContent.objects.bulk_create(
                SummaryContent(
                    summary=row, office_id=content.office_id, language=content.language,
                    canonical=content.canonical, content_hash=content.content_hash,
                )
                for content in kept
            )  # fmt: skip
        if status == "approved":  # it is sent when its files are there
            draw_files(row)
        return Target(obj=row, data=data)

    return make


def the_round(world: World, unit: Municipality) -> Target:
    return Target(obj=sent_in(world, unit).round, data={})


def composing(table: str = "", **data: Any):
    """The composition of the round's half-year note, as nobody has changed it yet."""

    def make(world: World, unit: Municipality) -> Target:
        round_ = sent_in(world, unit).round
        kwargs = {"kind": "notat", "pk": round_.pk} | ({"table": table} if table else {})
        return Target(obj=round_, kwargs=kwargs, data={"edit_number": "0", **data})

    return make


def figure(world: World, unit: Municipality) -> Target:
    made = built(world, unit)
    return Target(obj=made, kwargs={"pk": made.pk, "ref": "T3.9", "row": "total"})


def figure_unit(world: World, unit: Municipality) -> Target:
    made = built(world, unit)
    return Target(obj=made, kwargs={"pk": made.pk, "ref": "T3.9", "row": "total", "unit": unit.pk})


def live(world: World, unit: Municipality) -> Target:
    sent_in(world, unit)
    return Target(kwargs={"ref": "T3.9", "row": "total"})


def live_unit(world: World, unit: Municipality) -> Target:
    sent_in(world, unit)
    return Target(kwargs={"ref": "T3.9", "row": "total", "unit": unit.pk})


def receipt(world: World, unit: Municipality) -> Target:
    """The receipt of one unit's report, as a file (a JSON one: what is asked here is who gets it)."""
    report = sent_in(world, unit)
    document, _made = Document.objects.get_queryset().get_or_create(
        kind="receipt", format="json", language="nb", input_key=f"submission:{report.current_id}",
        defaults={"submission": report.current, "requested_at": NOW},
    )  # fmt: skip
    document_render(pk=document.pk, clock=clock)
    return Target(obj=document)


def failed_receipt(world: World, unit: Municipality) -> Target:
    target = receipt(world, unit)
    Document.objects.get_queryset().filter(pk=target.obj.pk).update(status="failed")
    return Target(obj=target.obj, data={})


ROWS = [
    Row("national_status", "GET", "national.read"),
    Row("figure_live", "GET", "figure.read", live),
    Row("figure_live_unit", "GET", "figure.read", live_unit),
    Row("summary_start", "POST", "summary.build", the_round),
    Row("summary_list", "GET", "summary.read"),
    Row("summary_detail", "GET", "summary.read", summary()),
    Row("summary_progress", "GET", "summary.read", summary()),
    Row("summary_approve", "POST", "summary.approve", summary()),
    Row("summary_unapprove", "POST", "summary.approve", in_state("approved", reason="En feil.")),
    Row("summary_send", "POST", "summary.send", in_state("approved", sent_on="4.5.2022", case="22/1")),
    Row("summary_withdraw", "POST", "summary.withdraw", in_state("sent", reason="En feil.")),
    Row("summary_cancel", "POST", "summary.build", in_state("building")),
    Row("summary_retry", "POST", "summary.build", in_state("failed")),
    Row("summary_compose", "GET", "summary.build", composing()),
    Row("summary_compose", "POST", "summary.build", composing(move="out:plan")),
    Row("summary_compose_words", "GET", "summary.build", composing()),
    Row("summary_compose_words", "POST", "summary.build", composing(nb_status="Godt i gang.")),
    Row("summary_compose_table", "GET", "summary.build", composing("plan")),
    Row("summary_compose_table", "POST", "summary.build", composing("plan", nb="Les.")),
    Row("summary_compose_tasks", "GET", "summary.build", composing()),
    Row("summary_compose_tasks", "POST", "summary.build", composing(prize_level="2")),
    Row("summary_compose_preview", "GET", "summary.build", composing()),
    Row("summary_compose_make", "POST", "summary.build", composing()),
    Row("figure_detail", "GET", "figure.read", figure),
    Row("figure_unit", "GET", "figure.read", figure_unit),
    Row("document_download", "GET", "home.read", receipt),
    Row("document_retry", "POST", "home.read", failed_receipt),
]
