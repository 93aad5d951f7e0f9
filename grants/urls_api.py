"""The grants' part of the API."""

from django.urls import path

from grants import api_allocations, api_priority

urlpatterns = [
    path("grants/allocations/", api_allocations.AllocationOne.as_view(), name="api_allocations"),
    path("grants/priority/", api_priority.PriorityListAPI.as_view(), name="api_priority"),
]
