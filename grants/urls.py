"""Addresses of the pages about the grant schemes and their criteria."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
