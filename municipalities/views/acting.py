"""A person with several municipalities chooses which one she works for: on entry, and later from any page's head."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from municipalities.acting import act_for, acting_of
from municipalities.views import ScopedView


class ActingChoose(ScopedView):
    """``/kommune/velg/``: the municipalities to choose from; a POST with ``enhet`` (an id) chooses. ``next`` is the
    page that she came from. One who has no choice is led to her front page."""

    right = "home.read"

    def get(self, request: HttpRequest) -> HttpResponse:
        acting = acting_of(request)
        if not acting.choices:
            return redirect("home")
        return self.render("municipalities/acting.html", {"acting": acting, "next": self._next()})

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = request.POST.get("enhet", "")
        pk = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
        if not act_for(request, pk):
            raise Http404
        if chosen := acting_of(request).chosen:
            messages.success(request, _("You are working for %(unit)s now.") % {"unit": chosen.label})
        return redirect(self._next())

    def _next(self) -> str:
        """A page of ours, or the front page of the municipality."""
        wanted = self.request.POST.get("next") or self.request.GET.get("next") or ""
        ours = url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/")
        return wanted if ours else reverse("municipality_home")
