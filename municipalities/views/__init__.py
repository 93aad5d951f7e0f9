"""The base views that every page inherits (right and scope in one place), the front door, and the static pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from django.views.i18n import set_language

from municipalities.access import RIGHTS, Scope, allowed_filter, can, scope_of, visible_filter
from municipalities.acting import Acting, acting_of
from municipalities.context import home_of, roles_in_words
from municipalities.errors import method_not_allowed, stopped, wants_json
from municipalities.language import language_choose
from municipalities.models import Municipality
from municipalities.resend import same_site
from municipalities.transitions import TransitionRefused, WrongState

__all__ = ["ScopedList", "ScopedPage", "ScopedView", "login_first", "stopped"]


def login_first(request: HttpRequest) -> HttpResponseBase:
    """What an anonymous caller gets: the login page and back again; a script or htmx is told where to go.

    A browser that still had a session cookie is told that it was logged out.
    """
    here = request.get_full_path()
    if wants_json(request) or getattr(request, "htmx", False):
        page = getattr(request, "htmx", None) and request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        login = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page or '/', 'utlopt': '1'})}"
        if wants_json(request):
            body = {
                "code": "login",
                "heading": _("You were logged out"),
                "text": _("What you wrote is saved. Log in to go on."),
                "links": [{"text": _("Log in"), "url": login}],
            }
            return JsonResponse(body, status=401)
        response = HttpResponse(status=204)
        response["HX-Redirect"] = login
        return response
    response = redirect_to_login(here if request.method in ("GET", "HEAD") else _page_of(request), settings.LOGIN_URL)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        response["Location"] += "&utlopt=1"
    return response


def _page_of(request: HttpRequest) -> str:
    """The page that a form stood on, to come back to; the front page where the browser does not tell."""
    said = urlsplit(request.headers.get("Referer", "")) if same_site(request) else None
    return said._replace(scheme="", netloc="", fragment="").geturl() or "/" if said else "/"


class ScopedView(View):
    """A page behind a right. Outside the reader's scope its object does not exist (404), inside it without the
    right she is told why (403).

    A subclass says ``right`` (a key of ``access.RIGHTS``), and ``model`` where the address names a row of it; a
    base class for others says ``abstract = True`` in its own body.
    """

    right: ClassVar[str]
    abstract: ClassVar[bool] = True
    model: ClassVar[type[Model] | None] = None
    pk_url_kwarg: ClassVar[str] = "pk"
    request: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__dict__.get("abstract", False):
            return
        cls.abstract = False
        if getattr(cls, "right", None) not in RIGHTS:
            raise TypeError(f"{cls.__name__} must say which right of access.RIGHTS it asks for")

    @property
    def now(self) -> datetime:
        """The request's moment, aware, in Oslo."""
        now: datetime = self.request.now
        return now

    @property
    def today(self) -> date:
        """The request's day in Oslo."""
        today: date = self.request.today
        return today

    @cached_property
    def scope(self) -> Scope:
        """Where the reader belongs today."""
        return scope_of(self.request.user, today=self.today)

    @property
    def acting(self) -> Acting:
        """Which municipality the reader works for now."""
        return acting_of(self.request)

    @property
    def own_units(self) -> list[int]:
        """The municipality that the reader works for now; all of hers while she has not chosen."""
        chosen = self.acting.unit_id
        return sorted(self.scope.municipality_ids) if chosen is None else [chosen]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return login_first(request)
        decision = can(request.user, self.right, today=request.today)  # type: ignore[attr-defined]
        if not decision:
            raise PermissionDenied(decision.reason)
        try:
            return super().dispatch(request, *args, **kwargs)
        except TransitionRefused as refused:
            return self.refused(refused)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return method_not_allowed(request, [name.upper() for name in self.http_method_names if hasattr(self, name)])

    def rows(self, model: type[Model]) -> Any:
        """The rows of ``model`` that the reader may see today."""
        return model.objects.visible_to(self.request.user, today=self.today)  # type: ignore[attr-defined]

    def get_queryset(self) -> Any:
        """Where ``get_object`` looks: all rows of ``model``; a subclass joins what its page shows (select_related)."""
        return self.model.objects.get_queryset()  # type: ignore[union-attr]

    def get_object(self, **lookup: Any) -> Any:
        """The row that the address names, if the reader has the right on it. One query when she has.

        ``lookup`` replaces the primary key. Raises Http404 outside the scope, PermissionDenied inside it.
        """
        model = self.model
        if model is None:
            raise TypeError(f"{type(self).__name__} names no model")
        lookup = lookup or {"pk": self.kwargs[self.pk_url_kwarg]}
        rows = self.get_queryset().filter(**lookup)
        found = rows.filter(allowed_filter(model, self.right, self.scope)).first()
        if found is not None:
            # The frame says so where this is another of her municipalities than the one she works for.
            about = found.pk if isinstance(found, Municipality) else getattr(found, "municipality_id", None)
            self.request.about_unit = about
            return found
        if rows.filter(visible_filter(model, self.scope)).exists():
            raise PermissionDenied(_("Your role does not have this right."))
        raise Http404

    def render(self, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
        """A page from a template, with the view itself at hand as ``view``."""
        return render(self.request, template, {"view": self, **(context or {})}, status=status)

    def refused(self, refused: TransitionRefused) -> HttpResponse:
        """The page for a transition that cannot be made; a subclass names the link that leads on."""
        heading = _("Somebody was here before you") if isinstance(refused, WrongState) else _("This cannot be done now")
        kept = _("Nothing was done twice, and nothing is lost.")
        return stopped(self.request, heading, refused.message, self.ways_on(), 409, code="refused", kept=kept)

    def ways_on(self) -> list[tuple[Any, str]]:
        """Links on the page that ``refused`` makes: (text, address), the first is the next thing to do."""
        return [(_("To the front page"), "/")]


class ScopedPage(ScopedView):
    """A page that is read: ``template_name`` with what ``get_context`` gives; ``object`` is there when ``model`` is."""

    abstract = True
    template_name: ClassVar[str] = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object() if self.model is not None else None
        return self.render(self.template_name, self.get_context())

    def get_context(self) -> dict[str, Any]:
        """What the template needs besides ``view`` and the frame."""
        return {"object": self.object}


class ScopedList(ScopedPage):
    """A list of what the reader may see, a page at a time (``?side=2``)."""

    abstract = True
    page_size: ClassVar[int] = 50

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(self.template_name, self.get_context())

    def get_rows(self) -> QuerySet[Any]:
        """What is listed: by default all rows of ``model`` in the reader's scope."""
        rows: QuerySet[Any] = self.rows(self.model)  # type: ignore[arg-type]
        return rows

    def get_context(self) -> dict[str, Any]:
        page: Page[Any] = Paginator(self.get_rows(), self.page_size).get_page(self.request.GET.get("side"))
        return {"page": page, "rows": page.object_list}


class Home(ScopedView):
    """The front door: each to the page where her work is."""

    right = "home.read"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(home_of(self.scope) or "help")


class Account(ScopedView):
    """What the portal knows about the one who is logged in, and her password and two-step login."""

    right = "home.read"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("pages/account.html", {"person": request.user, "roles": roles_in_words(self.scope)})


class LanguageChoose(View):
    """The choice at the foot of the page: kept in a cookie, and on the user, so that mails follow."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        if request.user.is_authenticated and language in dict(settings.LANGUAGES):
            language_choose(user=request.user, language=language)  # type: ignore[arg-type]
        return set_language(request)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return method_not_allowed(request, ["POST"])


class StaticPage(TemplateView):
    """A page that everybody may read."""

    http_method_names = ["get", "head", "options"]
