"""The API's addresses, gathered from the apps."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("", include("municipalities.urls_api")),
    path("", include("networks.urls_api")),
    path("", include("reporting.urls_api")),
    path("", include("grants.urls_api")),
]
