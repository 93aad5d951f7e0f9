"""Every address of the site. What each app answers stands in its own urls.py."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from reform import health

handler400 = "municipalities.errors.bad_request"
handler403 = "municipalities.errors.forbidden"
handler404 = "municipalities.errors.not_found"
handler500 = "municipalities.errors.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("konto/", include("municipalities.urls_account")),
    path("konto/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
# Written by several hands at once: an app's addresses join as soon as they exist.
for app in ("municipalities", "reporting", "networks"):
    if find_spec(f"{app}.urls"):
        urlpatterns.append(path("", include(f"{app}.urls")))
if find_spec("reform.api_urls") and find_spec("reporting.services.submissions"):
    urlpatterns.append(path("api/v1/", include("reform.api_urls")))
