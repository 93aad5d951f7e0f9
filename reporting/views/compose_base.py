"""What the pages of the composer share: the round, the form that is composed, and the ways between the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.errors import wants_json
from municipalities.templatetags.portal import day
from municipalities.views import ScopedView
from reporting.compose import EditRefused
from reporting.models import FormVersion, Round
from reporting.services.composing import ComposeRefused, form_edit
from reporting.services.form_corrections import correction_of
from reporting.views import unsent
from reporting.views.base import login_and_back

REGION = FormVersion.Audience.REGION.value
EDITOR = "#editor"


def round_title(round_: Round) -> str:
    """``Reporting per 1 May 2022``."""
    words = _("Test round per %(day)s") if round_.is_test else _("Reporting per %(day)s")
    return words % {"day": day(round_.reference_date)}


def number_of(text: Any) -> int:
    """A number that came with a form; -1, which nothing has, for anything else."""
    return int(text) if str(text).isdecimal() and len(str(text)) < 10 else -1


class KeepsTyped(ScopedView):
    """A page on which something is typed: who had been logged out gets it back after the login."""

    abstract = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated and not wants_json(request):
            if not hasattr(self, "get"):
                return login_and_back(reverse("round_list"))
            unsent.keep_texts(request, request.path)
            return login_and_back(request.get_full_path())
        return super().dispatch(request, *args, **kwargs)

    def kept(self) -> QueryDict | None:
        """What was typed before the login, once."""
        sent = unsent.take_texts(self.request)
        if sent is not None:
            sentence = _("You had been logged out when this was sent. Look it over, and send it again.")
            messages.warning(self.request, sentence)
        return sent

    def typed(self) -> dict[str, Any]:
        """The same for a form of fields; empty where nothing was kept."""
        return (self.kept() or QueryDict()).dict()


class ComposeView(KeepsTyped):
    """A page below a round's address. ``?skjema=region`` is the form that the statsforvalter fills in."""

    abstract = True
    model = Round
    right = "round.compose"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.audience = REGION if request.GET.get("skjema") == "region" else FormVersion.Audience.MUNICIPALITY.value

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("form_version", "regional_form")

    @cached_property
    def round(self) -> Round:
        """The round of the address."""
        return self.get_object()  # type: ignore[no-any-return]

    @cached_property
    def correction(self) -> FormVersion | None:
        """The correction that is being written of the published form."""
        return correction_of(self.round, self.audience) if self.round.published_at else None

    @cached_property
    def form(self) -> FormVersion:
        """The form that the page is about: the correction while one is written. 404 where there is no such form."""
        form = self.correction or (self.round.regional_form if self.is_region else self.round.form_version)
        if form is None:
            raise Http404
        return form

    @property
    def is_region(self) -> bool:
        return self.audience == REGION

    @property
    def definition(self) -> Mapping[str, Any]:
        return self.form.definition or {}

    @property
    def editable(self) -> bool:
        """Whether the form can be changed."""
        return self.form.published_at is None

    @cached_property
    def may_publish(self) -> bool:
        return bool(can(self.request.user, "round.publish", today=self.today))

    @cached_property
    def may_unlock(self) -> bool:
        return bool(can(self.request.user, "round.unlock", today=self.today))

    @property
    def title(self) -> str:
        return round_title(self.round)

    def url(self, name: str, *args: Any, **query: str) -> str:
        """The address of a page of this round, about the same form."""
        query = ({"skjema": "region"} if self.is_region else {}) | query
        return reverse(name, args=[self.round.pk, *args]) + (f"?{urlencode(query)}" if query else "")

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.request.user, "now": self.now}

    def edit(self, change: Callable[[dict[str, Any]], dict[str, Any]], edit_number: int, what: str) -> None:
        """One change of the form; the form of the page is the new one. Raises what ``form_edit`` raises."""
        self.form = form_edit(form=self.form, change=change, edit_number=edit_number, what=what, **self.who)

    def told(self, refused: ComposeRefused | EditRefused, to: str) -> HttpResponse:
        """Back to ``to`` with the sentence of what could not be done: there was nothing typed to lose."""
        messages.warning(self.request, self.words_of(refused))
        return redirect(to)

    def words_of(self, refused: ComposeRefused | EditRefused) -> str:
        """The sentence of what could not be done."""
        if isinstance(refused, EditRefused):
            return str(_(refused.sentence) % refused.values)
        return str(refused)

    def read_anew(self) -> None:
        """Forget what was read of the form: somebody else has changed it."""
        for name in ("round", "form", "correction", "question", "before", "found", "changed"):
            self.__dict__.pop(name, None)

    def ways_on(self) -> list[tuple[Any, str]]:
        return [(_("To the rounds"), reverse("round_list"))]
