"""Addresses of the app: the municipality's pages, the statsforvalter's, and those about the country."""

from importlib.util import find_spec

from django.urls import include, path

# Written by several hands at once: a group of pages joins as soon as it exists.
GROUPS = ("urls_form", "urls_review", "urls_summary", "urls_register")
urlpatterns = [path("", include(f"reporting.{name}")) for name in GROUPS if find_spec(f"reporting.{name}")]
