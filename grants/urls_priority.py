"""Addresses of the pages about the priority lists."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
