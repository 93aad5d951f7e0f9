"""Addresses of the registers' pages: all municipalities, one of them (districts have six digits), and a region."""

from django.urls import path, re_path

from reporting.views import region, register, register_list

urlpatterns = [
    path("kommuner/", register_list.MunicipalityList.as_view(), name="municipality_list"),
    path("kommune/registrert/", register.OwnMunicipality.as_view(), name="municipality_own"),
    re_path(r"^kommune/(?P<number>\d{4,6})/$", register.MunicipalityDetail.as_view(), name="municipality_detail"),
    path("region/<slug:key>/", region.RegionPage.as_view(), name="region_page"),
]
