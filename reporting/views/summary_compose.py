"""Composing a half-year note or a yearly report: its parts and their order, Hdir's own words, comments at tables, the
risk of its tasks, a preview at any time, and a new version of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.views import ScopedPage
from reporting.documents import outline
from reporting.documents.content import Table
from reporting.documents.facts import HALF_YEAR, Composed, day_of
from reporting.documents.render_html import page_fragment
from reporting.documents.texts import assessment_parts, document_kinds
from reporting.drafted import drafted
from reporting.forms_summary import LANGUAGE_NAMES, ComposingForm, RemarkForm, TasksForm, WordsForm
from reporting.live import live
from reporting.models import Composition, NationalSummary, Round
from reporting.services import compositions
from reporting.services.summaries import SummaryBusy, TooEarly, summary_request
from reporting.task_matrix import read_tasks
from reporting.views.compose_base import KeepsTyped, number_of
from reporting.views.national import language
from reporting.views.summary import KINDS, compose_url, preview

STALE = 409


def due(kind: str, round_: Round) -> dt.date:
    """The day on which the ministry has the document: 1 February for the yearly report (letter of allocation 2021)."""
    if kind != NationalSummary.Kind.YEARLY:
        return round_.hdir_deadline
    return dt.date(round_.reference_date.year + 1, 2, 1)


class Composing(KeepsTyped, ScopedPage):
    """A page below the address of a document's composition."""

    abstract = True
    model = Round

    def get_queryset(self) -> Any:
        return super().get_queryset().counted().filter(opened_at__isnull=False).select_related("form_version")

    @cached_property
    def kind(self) -> str:
        kind = KINDS.get(self.kwargs["kind"])
        if kind is None:
            raise Http404
        return str(kind)

    @cached_property
    def round(self) -> Round:
        round_: Round = self.get_object()
        try:
            compositions.check_kind(self.kind, round_)
        except compositions.NoYearlyReport:
            raise Http404 from None
        return round_

    @cached_property
    def composition(self) -> Composition:
        return compositions.composition_of(self.kind, self.round)

    def by(self, edit_number: int) -> compositions.Writer:
        """The reader as the one who changes what she saw as number ``edit_number``."""
        return compositions.Writer(self.kind, self.round, self.request.user, self.now, edit_number)

    def url(self, page: str = "summary_compose", *args: Any) -> str:
        """A page about the same composition."""
        return compose_url(self.kind, self.round.pk, page, *args)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        """The page with the composition as it stands."""
        shared = {
            "kind": self.kind,
            "kind_name": document_kinds(_)[self.kind],
            "round": self.round,
            "day": day_of(self.kind, self.round.reference_date),
            "composition": self.composition,
            "urls": {name: self.url(f"summary_compose_{name}") for name in ("words", "tasks", "preview", "make")},
            "compose_url": self.url(),
        }
        return self.render(self.template_name, {**shared, **self.get_context(), **more}, status=status)

    def moved_on(self, stale: compositions.StaleComposition) -> None:
        """Show what stands now."""
        self.composition = stale.now


class SummaryCompose(Composing):
    """The parts in their order, what is written and what is missing, and the way to a version."""

    right = "summary.build"
    template_name = "reporting/national/compose.html"

    def get_context(self) -> dict[str, Any]:
        row = self.composition
        names = outline.titles(_, self.kind)
        chosen = outline.chosen(Composed.of(row))
        missing = compositions.gaps(row)
        parts = assessment_parts(_)
        titles = table_titles(self)
        versions = self.rows(NationalSummary).filter(kind=self.kind, round=self.round).order_by("-version")
        return {
            "chosen": [(key, names[key]) for key in chosen],
            "left_out": [(key, name) for key, name in names.items() if key not in chosen],
            "words": [
                (name, [(lang, bool((row.assessment.get(lang) or {}).get(key))) for lang in LANGUAGE_NAMES])
                for key, name in parts.items()
            ],
            "missing": [line for line in (self.gap_line(gap, parts, titles) for gap in missing) if line],
            "tables": [
                {
                    "name": name, "title": title, "url": self.url("summary_compose_table", name),
                    "said": [lang for lang in LANGUAGE_NAMES if (row.remarks.get(lang) or {}).get(name)],
                }
                for name, title in titles.items()
            ],
            "judged": sum(bool(risk.get("level")) for risk in row.risks.values()),
            "tasks": len(read_tasks()),
            "due": due(self.kind, self.round),
            "versions": list(versions[:5]),
            "too_early": self.too_early(),
            "building": any(entry.status == NationalSummary.Status.BUILDING for entry in versions[:5]),
        }  # fmt: skip

    def too_early(self) -> bool:
        """Whether the year that the report is about is not over."""
        last = day_of(self.kind, self.round.reference_date)
        return self.kind == NationalSummary.Kind.YEARLY and self.today <= last

    def gap_line(self, gap: compositions.Gap, parts: dict[str, str], titles: dict[str, str]) -> dict[str, str] | None:
        """What is missing, in words, with the address where it is written."""
        tasks = {task.code: task.names[language()] for task in read_tasks()}
        known = {"words": parts, "remark": titles, "risk": tasks}[gap.what]
        if gap.key not in known:
            return None  # a comment at a table that the document no longer has
        anchor = f"#id_{gap.language}_{gap.key}" if gap.what == "words" else f"#oppgave-{gap.key}"
        url = {
            "words": lambda: self.url("summary_compose_words") + anchor,
            "remark": lambda: self.url("summary_compose_table", gap.key),
            "risk": lambda: self.url("summary_compose_tasks") + anchor,
        }[gap.what]()
        what = LANGUAGE_NAMES[gap.language] if gap.language else _("step")
        return {"name": known[gap.key], "what": what, "url": url}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action, _colon, key = request.POST.get("move", "").partition(":")
        keys = moved(outline.chosen(Composed.of(self.composition)), action, key)
        if keys is None:
            raise Http404
        try:
            compositions.composition_order(by=self.by(number_of(request.POST.get("edit_number"))), keys=keys)
        except compositions.StaleComposition as stale:
            self.moved_on(stale)
            fault = _("Somebody has changed this since you opened it. It stands here as it is now. Choose again.")
            return self.page(STALE, fault=fault)
        except ValidationError as error:
            return self.page(422, fault=" ".join(error.messages))
        return redirect(f"{self.url()}#del-{key}")


def moved(keys: tuple[str, ...], action: str, key: str) -> list[str] | None:
    """The parts after one step: ``up``, ``down``, ``out`` or ``in`` (last, but before the annex). None for a step that
    cannot be."""
    order = list(keys)
    if action == "in" and key in outline.usual(HALF_YEAR) and key not in order:
        place = order.index("annex") if order[-1:] == ["annex"] else len(order)
        return [*order[:place], key, *order[place:]]
    if key not in order:
        return None
    place = order.index(key)
    if action == "out":
        return [other for other in order if other != key]
    beside = place + {"up": -1, "down": 1}.get(action, len(order))
    if not 0 <= beside < len(order):
        return order if action in ("up", "down") else None
    order[place], order[beside] = order[beside], order[place]
    return order


def table_titles(page: Composing) -> dict[str, str]:
    """The tables that a comment can stand at, by their stable names; without the annex of municipalities."""
    content = live(page.round, language=language(), now=page.now).content
    return {table.name: table.title for table in content.tables() if table.name and table.kind != "annex"}


class ComposingTexts(Composing):
    """A page with a form of texts; what cannot be kept stands there again, beside what somebody else has written."""

    abstract = True
    done = ""

    def form(self, data: Any = None, initial: Any = None) -> ComposingForm:
        """The form of the page."""
        raise NotImplementedError

    def stored(self) -> dict[str, Any]:
        """What the composition holds, by field."""
        raise NotImplementedError

    def keep(self, form: Any, by: compositions.Writer) -> None:
        """Hand what was written to the service."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        initial = {**self.stored(), "edit_number": self.composition.edit_number, **self.typed()}
        return self.page(form=self.form(initial=initial))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                self.keep(form, self.by(form.cleaned_data["edit_number"]))
            except compositions.StaleComposition as stale:
                return self.stale(form, stale)
            except ValidationError as error:
                form.take(error)
            else:
                messages.success(request, _("Saved."))
                return redirect(self.url())
        return self.page(422, form=form)

    def stale(self, form: ComposingForm, stale: compositions.StaleComposition) -> HttpResponse:
        """What was typed, with what somebody else has written meanwhile, and the number that lets it be saved."""
        self.moved_on(stale)
        data = form.data.copy()
        data["edit_number"] = str(stale.now.edit_number)
        again = self.form(data)
        return self.page(STALE, form=again, written_over=again.written_over(self.stored()), stale=stale.now)

    def get_context(self) -> dict[str, Any]:
        return {}


class SummaryComposeWords(ComposingTexts):
    """The assessment, in both languages."""

    right = "summary.build"
    template_name = "reporting/national/compose_words.html"

    def form(self, data: Any = None, initial: Any = None) -> WordsForm:
        return WordsForm(data, initial=initial)

    def stored(self) -> dict[str, Any]:
        return WordsForm.stored(self.composition)

    def keep(self, form: WordsForm, by: compositions.Writer) -> None:
        compositions.composition_words(by=by, texts=form.texts())


class SummaryComposeTable(ComposingTexts):
    """The comment at one table, under the table as it stands now."""

    right = "summary.build"
    template_name = "reporting/national/compose_table.html"

    @cached_property
    def table(self) -> Table:
        content = live(self.round, language=language(), now=self.now).content
        found = [table for table in content.tables() if table.name == self.kwargs["table"] and table.kind != "annex"]
        if not found:
            raise Http404
        return found[0]

    def form(self, data: Any = None, initial: Any = None) -> RemarkForm:
        return RemarkForm(data, initial=initial)

    def stored(self) -> dict[str, Any]:
        return RemarkForm.stored(self.composition, self.table.name)

    def keep(self, form: RemarkForm, by: compositions.Writer) -> None:
        texts = {language: form.cleaned_data[language] for language in LANGUAGE_NAMES}
        compositions.composition_remark(by=by, table=self.table.name, texts=texts)

    def get_context(self) -> dict[str, Any]:
        content = live(self.round, language=language(), now=self.now).content
        drawn = page_fragment(replace(content, blocks=(self.table,)), lambda _figure: None, lift=1)
        return {"table": self.table, "drawn": drawn}


class SummaryComposeTasks(ComposingTexts):
    """The risk of every task of the task matrix."""

    right = "summary.build"
    template_name = "reporting/national/compose_tasks.html"

    def form(self, data: Any = None, initial: Any = None) -> TasksForm:
        return TasksForm(data, initial=initial)

    def stored(self) -> dict[str, Any]:
        return TasksForm.stored(self.composition)

    def keep(self, form: TasksForm, by: compositions.Writer) -> None:
        compositions.composition_risks(by=by, risks=form.risks())

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        return super().page(status, **more, groups=list(more["form"].groups(language())))


class SummaryComposePreview(Composing):
    """The document as it would be now; no version is made of it."""

    right = "summary.build"
    template_name = "reporting/national/compose_preview.html"

    def get_context(self) -> dict[str, Any]:
        content = drafted(self.composition, language=language(), now=self.now)
        return {"fragment": page_fragment(preview(content), lambda _figure: None, lift=1), "taken": self.now}


class SummaryComposeMake(Composing):
    """Make a version with what is composed."""

    right = "summary.build"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            summary = summary_request(round=self.round, actor=request.user, now=self.now, kind=self.kind)
        except TooEarly:
            messages.warning(
                request, _("The yearly report is made when the year is over. Look at the preview until then.")
            )
            return redirect(self.url())
        except SummaryBusy as busy:
            messages.info(request, _("A version is being made already. Here it is."))
            return redirect("summary_detail", busy.summary.pk)
        return redirect("summary_detail", summary.pk)
