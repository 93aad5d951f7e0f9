"""Addresses of the pages about the offices' funds and the appropriations."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
