"""A form as those who answer it will see it, drawn by the form's own templates, with nothing to save."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from crispy_forms.utils import render_crispy_form
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from networks.models import Network
from reporting.compose.editing import LANGUAGES
from reporting.form_spec import FormError, FormSpec, local
from reporting.forms import Drawing, SectionForm
from reporting.services.draft_view import FieldView
from reporting.views.compose_base import ComposeView
from reporting.views.shown import language

SOME = 6
"""Networks that a question about the register shows as examples."""


def filled_up(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The form with what a draft lacks in words put in from the other language, so that it can be drawn; sections
    without questions are left out, as nobody will see them."""
    whole = copy.deepcopy(dict(definition))
    whole["sections"] = [section for section in whole.get("sections") or [] if section.get("questions")]
    _fill(whole)
    return whole


def _fill(part: Any) -> None:
    if isinstance(part, list):
        for one in part:
            _fill(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, dict) and set(value) & set(LANGUAGES) and name not in ("questions",):
                words = next((value[key] for key in LANGUAGES if value.get(key)), "…")
                part[name] = {key: value.get(key) or words for key in LANGUAGES}
            else:
                _fill(value)


class ComposePreview(ComposeView):
    """``/runde/7/forhandsvisning/`` and a page for each section; ``?sprak=nn`` is the other language."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.GET.get("sprak") if request.GET.get("sprak") in LANGUAGES else language()
        try:
            spec = FormSpec.parse(filled_up(self.definition))
        except FormError:
            return self.render("reporting/compose/preview.html", {"unfinished": True, "chosen": chosen})
        keys = [section.key for section in spec.sections]
        key = str(kwargs.get("section") or keys[0])
        if key not in keys:
            raise Http404
        place = keys.index(key)
        context = {
            "chosen": chosen,
            "languages": [(code, words, code == chosen) for code, words in (("nb", "Bokmål"), ("nn", "Nynorsk"))],
            "steps": [
                (number, local(one.title, chosen), self._url(one.key, chosen), one.key == key)
                for number, one in enumerate(spec.sections, start=1)
            ],
            "section_title": local(spec.sections[place].title, chosen),
            "lead": local(spec.sections[place].lead, chosen),
            "number": place + 1,
            "total": len(keys),
            "previous": self._url(keys[place - 1], chosen) if place else "",
            "next": self._url(keys[place + 1], chosen) if place + 1 < len(keys) else "",
            "drawn": self.drawn(spec, key, chosen),
        }
        return self.render("reporting/compose/preview.html", context)

    def _url(self, section: str, chosen: str) -> str:
        return self.url("compose_preview_section", section, sprak=chosen)

    def drawn(self, spec: FormSpec, key: str, chosen: str) -> str:
        """The questions of a section as HTML, in the chosen language, all of them shown."""
        fields = {one: FieldView(one, *spec.field(one)) for one in spec.field_keys()}
        draft: Any = SimpleNamespace(fields=fields, visible=frozenset(question.code for question in spec.questions()))
        asks = any(question.kind == "register" for question in spec.section(key).questions)
        drawing = Drawing(draft, chosen, registers=self._networks() if asks else {})
        with translation.override(chosen):
            return str(render_crispy_form(SectionForm(spec.section(key), drawing)))

    def _networks(self) -> dict[str, str]:
        rows = Network.objects.across_all(reason="examples in the preview of a form").on(self.today)
        found = list(rows.order_by("name", "id").values_list("id", "name")[:SOME])
        return {str(pk): name for pk, name in found}
