"""Addresses of the pages about the offices' funds and the appropriations."""

from django.urls import path

from grants.views import allocation, allocation_write, appropriations

urlpatterns = [
    path("fordeling/", allocation.AllocationList.as_view(), name="allocation_list"),
    path("fordeling/tabeller/", allocation_write.KeyTables.as_view(), name="key_tables"),
    path("fordeling/tabeller/ta-inn/", allocation_write.KeyTableTake.as_view(), name="key_table_take"),
    path("fordeling/<int:year>/", allocation.AllocationPage.as_view(), name="allocation_page"),
    path("fordeling/<int:year>/word/", allocation.AllocationWord.as_view(), name="allocation_word"),
    path("fordeling/<int:year>/endre/", allocation_write.AllocationEdit.as_view(), name="allocation_edit"),
    path("bevilgninger/", appropriations.AppropriationList.as_view(), name="appropriation_list"),
    path("bevilgninger/ny/", appropriations.AppropriationNew.as_view(), name="appropriation_new"),
    path("bevilgninger/<int:pk>/", appropriations.AppropriationEdit.as_view(), name="appropriation_edit"),
    path("bevilgninger/<int:pk>/fjern/", appropriations.AppropriationRemove.as_view(), name="appropriation_remove"),
]
