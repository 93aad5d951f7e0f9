"""Every address of the site. What each app answers stands in its own urls.py."""

from django.contrib import admin
from django.urls import include, path

from reform import health, well_known

handler400 = "municipalities.errors.bad_request"
handler403 = "municipalities.errors.forbidden"
handler404 = "municipalities.errors.not_found"
handler429 = "municipalities.errors.too_many"  # allauth's own counts
handler500 = "municipalities.errors.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(".well-known/security.txt", well_known.security, name="security_txt"),
    path("robots.txt", well_known.robots, name="robots_txt"),
    path("konto/", include("municipalities.urls_account")),
    path("konto/", include("municipalities.urls_login")),
    path("konto/", include("allauth.account.urls")),
    path("konto/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("reform.api_urls")),
    path("", include("municipalities.urls")),
    path("", include("municipalities.urls_corrections")),
    path("", include("networks.urls")),
    path("", include("networks.urls_support")),
    path("", include("reporting.urls")),
    path("tilskudd/", include("grants.urls")),
    path("tilskudd/", include("grants.urls_priority")),
    path("tilskudd/", include("grants.urls_applications")),
    path("tilskudd/", include("grants.urls_funds")),
]
