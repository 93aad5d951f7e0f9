"""A question opened in the builder; a new one; a section. Each button of the editor that only adds or moves a line
gives the page back with all that was typed, so it works without a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from reporting.compose import EditRefused
from reporting.compose.editing import (
    depends_on,
    question_move,
    question_of,
    question_remove,
    question_set,
    questions_of,
)
from reporting.compose_editor import Around, editor
from reporting.compose_typed import Typed, pressed, typed_from, typed_of, values_of
from reporting.form_spec import local
from reporting.question_bank import definition_hash
from reporting.services.composing import ComposeRefused, StaleForm, bank_questions
from reporting.views.compose import RoundCompose
from reporting.views.compose_base import EDITOR, number_of
from reporting.views.shown import language


class ComposeQuestion(RoundCompose):
    """``/runde/7/sporsmal/plan.status/``."""

    @property
    def chosen_question(self) -> str:  # type: ignore[override]
        return str(self.kwargs["code"])

    @cached_property
    def question(self) -> dict[str, Any]:
        """The question of the address; 404 when the form has none."""
        try:
            return question_of(self.definition, self.chosen_question)
        except EditRefused:
            raise Http404 from None

    @property
    def section_key(self) -> str:
        found = (section for section, one in questions_of(self.definition) if one is self.question)
        return str(next(found)["key"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        standing = typed_of(self.question)
        if (kept := self.kept()) is not None:
            return self.opened(typed_from(kept, standing), seen=kept.get("seen", ""), unsaved=True)
        return self.opened(standing)

    def opened(
        self,
        typed: Typed,
        *,
        errors: Mapping[str, str] | None = None,
        seen: str = "",
        section: str = "",
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        """The builder with the question beside it."""
        around = Around(
            self.definition,
            section or self.section_key,
            bank_questions() if self.editable else {},
            self.found if not errors else (),
            language(),
        )
        by_it = depends_on(self.definition, self.chosen_question)
        names = [local(question_of(self.definition, code).get("text"), language()) or code for code in by_it]
        context = {
            "editor": editor(typed, around, errors),
            "seen": seen or definition_hash(self.question),
            "depends": names,
            "here": self.url("compose_question", self.chosen_question),
            "preview_here": self.url("compose_preview_section", self.section_key),
            "unsaved": status != 200 or "action" in self.request.POST,
        }
        return self.page(status, **context | more)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action = request.POST.get("action", "save")
        if action == "remove":
            return self.remove()
        try:
            before = self.question
        except Http404:
            return self.gone()
        typed = typed_from(request.POST, typed_of(before))
        section = self._sent_section()
        changed = pressed(typed, action, request.POST)
        if changed is not None:
            return self.opened(changed, seen=request.POST.get("seen", ""), section=section)
        return self.save(typed, section)

    def _sent_section(self) -> str:
        sent = self.request.POST.get("section", "")
        known = {str(one.get("key")) for one in self.definition.get("sections") or []}
        return sent if sent in known else self.section_key

    def save(self, typed: Typed, section: str) -> HttpResponse:
        """Save what was typed, unless a number cannot be read or somebody else has changed this question."""
        values = values_of(typed, self.question)
        seen = self.request.POST.get("seen", "")
        if values.unreadable:
            errors = {name: self.unreadable(why) for name, why in values.unreadable.items()}
            return self.opened(typed, errors=errors, seen=seen, section=section, status=400)
        if seen and seen != definition_hash(self.question):
            return self.clash(typed, section)
        try:
            # What others did elsewhere in the form stands in no way: the number is that of the form as it is now.
            self.edit(
                lambda definition: self._changed(definition, values.values, section),
                self.form.edit_number,
                f"set {self.chosen_question}",
            )
        except StaleForm:
            self.read_anew()
            return self.clash(typed, section)
        except (ComposeRefused, EditRefused) as refused:
            sentence = self.words_of(refused)
            return self.opened(typed, seen=seen, section=section, status=409, refused=sentence)
        return redirect(self.url("compose_question", self.chosen_question) + EDITOR)

    @staticmethod
    def unreadable(why: str) -> str:
        """Why a field cannot be saved as it is."""
        if why == "long":
            return _("This is too long. Make it shorter.")
        return _("Write a number, for example 12 or 12,5.")

    def _changed(self, definition: dict[str, Any], values: Mapping[str, Any], section: str) -> dict[str, Any]:
        code = self.chosen_question
        return question_move(question_set(definition, code=code, values=values), code=code, section=section)

    def clash(self, typed: Typed, section: str) -> HttpResponse:
        """The page with what was typed, and what the other has written; saving once more puts one's own in its
        place."""
        theirs = typed_of(self.question)
        differs = [
            (control.label, control.language, theirs.texts[control.name])
            for pair in (*editor(theirs, self._plain()).pairs, *editor(theirs, self._plain()).more_pairs)
            for control in pair
            if theirs.texts[control.name] != typed.texts.get(control.name, "")
        ]
        rest = replace(theirs, texts=typed.texts) != typed
        clash = {"name": self.form.edited_by, "differs": differs, "rest": rest}
        return self.opened(typed, seen=definition_hash(self.question), section=section, status=409, clash=clash)

    def _plain(self) -> Around:
        return Around(self.definition, self.section_key, {}, (), language())

    def remove(self) -> HttpResponse:
        """Take the question out of the form."""
        code = self.chosen_question
        try:
            name = local(question_of(self.definition, code).get("text"), language()) or code
            self.edit(
                lambda definition: question_remove(definition, code=code),
                number_of(self.request.POST.get("edit_number")),
                f"remove {code}",
            )
        except (ComposeRefused, EditRefused) as refused:
            return self.told(refused, self.url("round_compose"))
        messages.success(self.request, _("“%(question)s” is taken out of the form.") % {"question": name})
        return redirect(self.url("round_compose"))

    def gone(self) -> HttpResponse:
        """Somebody has taken the question out meanwhile: the builder, with all that was typed to copy."""
        typed = typed_from(self.request.POST, typed_of({"code": self.chosen_question}))
        written = [text for text in typed.texts.values() if text]
        return self.page(409, gone=written or [self.chosen_question])
