"""The sections of a form, and a new question in one of them: from the bank, or of Hdir's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from reporting.compose import EditRefused
from reporting.compose.editing import (
    own_question,
    question_add,
    question_set,
    questions_of,
    section_add,
    section_remove,
    section_set,
    sections_of,
)
from reporting.compose_editor import Control, Pick
from reporting.compose_typed import LONGEST, LONGEST_LINE, new_key, written
from reporting.compose_words import KIND_WORDS, fault_field, fault_words, kind_words
from reporting.form_spec import local
from reporting.services.composing import ComposeRefused, bank_question, bank_questions
from reporting.services.form_of_region import region_questions
from reporting.views.compose import RoundCompose
from reporting.views.compose_base import EDITOR, number_of
from reporting.views.shown import language

FIELDS = ("title_nb", "title_nn", "lead_nb", "lead_nn")


class SectionPage(RoundCompose):
    """What the pages of a section share: its four texts, as they were typed."""

    abstract = True

    def texts(self, sent: Mapping[str, str] | None = None) -> dict[str, str]:
        """What was sent, or ``sent`` before a login."""
        given = self.request.POST if sent is None else sent
        return {name: written(given.get(name, "")) for name in FIELDS}

    def sent(self) -> tuple[dict[str, str], dict[str, str]]:
        """Title and introduction, in both languages."""
        typed = self.texts()
        return (
            {"nb": typed["title_nb"], "nn": typed["title_nn"]},
            {"nb": typed["lead_nb"], "nn": typed["lead_nn"]},
        )

    def too_long(self) -> bool:
        """Whether a text is longer than any section needs."""
        return any(len(text) > LONGEST for text in self.texts().values())

    def form_page(self, texts: dict[str, str], status: int = 200, fault: str = "") -> HttpResponse:
        """The builder with the section's texts beside the list."""
        errors = self.errors(texts) if self.chosen_section else {}
        labels = (_("Title, bokmål"), _("Title, nynorsk"), _("Introduction, bokmål"), _("Introduction, nynorsk"))
        fields = [
            Control(name, words, texts[name], name[-2:], 3 if name.startswith("lead") else 0, errors.get(name, ""))
            for name, words in zip(FIELDS, labels, strict=True)
        ]
        more = {"section_fields": fields, "section_key": self.chosen_section, "refused": fault}
        return self.page(status, **more, unsaved=status != 200, section_empty=not self.asked())

    def errors(self, texts: dict[str, str]) -> dict[str, str]:
        """What of the stored section stops the publishing, by field; only for what stands as it is stored."""
        found = {
            fault_field(one): fault_words(one, language())
            for one in self.found
            if one.section == self.chosen_section and not one.question
        }
        return {name: sentence for name, sentence in found.items() if name in texts and not texts[name]}

    def asked(self) -> list[Any]:
        """The questions of the section."""
        for section in sections_of(self.definition):
            if section.get("key") == self.chosen_section:
                return section.get("questions") or []
        return []


class ComposeSection(SectionPage):
    """``/runde/7/del/plan/``: the texts of a section; an empty one can be taken out."""

    @property
    def chosen_section(self) -> str:  # type: ignore[override]
        return str(self.kwargs["section"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        for section in sections_of(self.definition):
            if section.get("key") == self.chosen_section:
                title, lead = section.get("title") or {}, section.get("lead") or {}
                texts = [title.get("nb"), title.get("nn"), lead.get("nb"), lead.get("nn")]
                if (kept := self.kept()) is not None:
                    return self.form_page(self.texts(kept))
                return self.form_page({name: text or "" for name, text in zip(FIELDS, texts, strict=True)})
        raise Http404

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key, remove = self.chosen_section, request.POST.get("action") == "remove"
        title, lead = self.sent()
        if not remove and self.too_long():
            return self.form_page(self.texts(), 400, _("This is too long. Make it shorter."))
        try:
            if remove:
                self.edit(lambda form: section_remove(form, key=key), self.sent_number(), f"remove section {key}")
            else:
                self.edit(
                    lambda form: section_set(form, key=key, title=title, lead=lead),
                    self.sent_number(),
                    f"set section {key}",
                )
        except (ComposeRefused, EditRefused) as refused:
            if remove:
                return self.told(refused, self.url("compose_section", key))
            self.read_anew()
            return self.form_page(self.texts(), 409, self.words_of(refused))
        return redirect(self.url("round_compose") if remove else self.url("compose_section", key) + EDITOR)

    def sent_number(self) -> int:
        return number_of(self.request.POST.get("edit_number"))


class ComposeSectionNew(SectionPage):
    """``/runde/7/del-ny/``."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.form_page(self.texts((self.round and self.kept()) or {}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        title, lead = self.sent()
        key = new_key(title["nb"] or title["nn"], {str(one.get("key")) for one in sections_of(self.definition)}, 40)

        def change(form: dict[str, Any]) -> dict[str, Any]:
            return section_set(section_add(form, key=key, title=title), key=key, title=title, lead=lead)

        if not any(title.values()):
            return self.form_page(self.texts(), 400, _("Write a title for the section."))
        if self.too_long():
            return self.form_page(self.texts(), 400, _("This is too long. Make it shorter."))
        try:
            self.edit(change, number_of(request.POST.get("edit_number")), f"add section {key}")
        except (ComposeRefused, EditRefused) as refused:
            self.read_anew()
            return self.form_page(self.texts(), 409, self.words_of(refused))
        return redirect(self.url("compose_section", key) + EDITOR)


class ComposeAdd(RoundCompose):
    """``/runde/7/del/plan/nytt-sporsmal/``: from the bank, or a question of Hdir's own."""

    @property
    def chosen_section(self) -> str:  # type: ignore[override]
        key = str(self.kwargs["section"])
        if key not in {str(one.get("key")) for one in sections_of(self.definition)}:
            raise Http404
        return key

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.add_page({}, sent=self.chosen_section and self.kept())

    def add_page(self, errors: dict[str, str], status: int = 200, refused: str = "", sent: Any = None) -> HttpResponse:
        """The builder with the bank beside it, and what was typed of an own question."""
        sent = sent or self.request.POST
        asked = {one.get("code") for _section, one in questions_of(self.definition)}
        bank = region_questions() if self.is_region else bank_questions()
        add = {
            "section": self.chosen_section,
            "bank": [
                (one["code"], local(one.get("text"), language()), kind_words(one))
                for one in bank.values()
                if one["code"] not in asked
            ],
            "kinds": [Pick(key, str(words), key == sent.get("kind")) for key, words in KIND_WORDS.items()],
            "text_nb": sent.get("text_nb", ""),
            "text_nn": sent.get("text_nn", ""),
            "errors": errors,
        }
        return self.page(status, add=add, refused=refused, unsaved=status != 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        errors = {} if "bank" in request.POST else self.own_errors()
        if errors:
            return self.add_page(errors, 400)
        section = self.chosen_section
        try:
            question = self.from_bank(request.POST["bank"]) if "bank" in request.POST else self.own()
            self.edit(
                lambda form: question_add(form, question=question, section=section),
                self.form.edit_number,  # a question more stands in nobody's way
                f"add {question['code']}",
            )
        except (ComposeRefused, EditRefused) as refused:
            return self.add_page({}, 409, self.words_of(refused))
        messages.success(request, _("The question is added."))
        return redirect(self.url("compose_question", question["code"]) + EDITOR)

    def from_bank(self, code: str) -> dict[str, Any]:
        """The question of the bank. Raises EditRefused for a code that it does not have."""
        if self.is_region and code in region_questions():
            return region_questions()[code]
        return bank_question(code)

    def own_errors(self) -> dict[str, str]:
        """What an own question must have to begin with."""
        errors = {}
        text = written(self.request.POST.get("text_nb", ""))
        if not text or len(text) > LONGEST_LINE:
            errors["text_nb"] = _("This is too long. Make it shorter.") if text else _("Write the question.")
        if self.request.POST.get("kind") not in KIND_WORDS:
            errors["kind"] = _("Choose what kind of answer the question has.")
        return errors

    def own(self) -> dict[str, Any]:
        """The question that was typed, with a code made of its words."""
        sent = self.request.POST
        taken = {str(one.get("code")) for _section, one in questions_of(self.definition)} | set(bank_questions())
        stem = new_key(sent["text_nb"][:24], (), 28)
        code, number = f"own.{stem}", 1
        while code in taken:
            number += 1
            code = f"own.{stem}_{number}"
        texts = {"nb": written(sent["text_nb"]), "nn": written(sent.get("text_nn", ""))[:LONGEST]}
        alone = {"sections": [{"key": "one", "questions": [own_question(code, sent["kind"])]}]}
        values = {"text": texts} | ({"limits": {"register": "networks"}} if sent["kind"] == "register" else {})
        return question_set(alone, code=code, values=values)["sections"][0]["questions"][0]  # type: ignore[no-any-return]
