"""Addresses of the pages about applications for grants."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
