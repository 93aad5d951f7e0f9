"""Addresses of the pages about the grant schemes and their criteria."""

from django.urls import path

from grants.views import scheme_write, schemes

urlpatterns = [
    path("", schemes.GrantsHome.as_view(), name="grants_home"),
    path("<int:year>/", schemes.SchemeList.as_view(), name="scheme_list"),
    path("<int:year>/ny-ordning/", scheme_write.SchemeNew.as_view(), name="scheme_new"),
    path("<int:year>/kopier/", scheme_write.SchemeCopy.as_view(), name="scheme_copy"),
    path("<int:year>/kriterier/", schemes.CriteriaPage.as_view(), name="criteria_page"),
    path("<int:year>/kriterier/endre/", scheme_write.CriteriaEdit.as_view(), name="criteria_edit"),
    path("<int:year>/ordning/<slug:key>/", schemes.SchemeDetail.as_view(), name="scheme_detail"),
    path("<int:year>/ordning/<slug:key>/endre/", scheme_write.SchemeEdit.as_view(), name="scheme_edit"),
    path("<int:year>/ordning/<slug:key>/fjern/", scheme_write.SchemeRemove.as_view(), name="scheme_remove"),
]
