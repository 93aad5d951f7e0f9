"""The address of a unit's own page; districts have six digits."""

from django.urls import re_path

from reporting.views import register

urlpatterns = [
    re_path(r"^kommune/(?P<number>\d{4}|\d{6})/$", register.MunicipalityDetail.as_view(), name="municipality_detail"),
]
