"""Addresses of login by organisation. They stand before allauth's own, as those of ``urls_account`` do."""

from django.urls import path

from municipalities.views import login

urlpatterns = [
    path("oidc/<slug:key>/", login.ProviderLogin.as_view(), name="oidc_login"),
    path("oidc/<slug:key>/tilbake/", login.ProviderCallback.as_view(), name="oidc_callback"),
    path("oidc/<slug:key>/utlogget/", login.FrontChannelLogout.as_view(), name="oidc_frontchannel"),
    path("logget-ut/", login.LoggedOut.as_view(), name="logged_out"),
    path("uten-tilgang/<slug:reason>/", login.LoginRefusedPage.as_view(), name="login_refused"),
]
