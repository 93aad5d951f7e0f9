"""The grants' part of the API."""

from django.urls import path

from grants import api_allocations

urlpatterns = [
    path("grants/allocations/", api_allocations.AllocationOne.as_view(), name="api_allocations"),
]
