"""Addresses of the frame: signing in, choices of the browser, the reference page of the design."""

from allauth.account import views as account
from django.urls import include, path

from renwang.web.frame import openid, showcase, signin, views

signing_in = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", signin.NewPasswordView.as_view(), name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("2fa/authenticate/", signin.SecondFactorView.as_view(), name="mfa_authenticate"),
    path(
        "2fa/reauthenticate/",
        signin.SecondFactorAgainView.as_view(),
        name="mfa_reauthenticate",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("provider/", include("allauth.socialaccount.urls")),
    path("provider/oidc/<str:provider_id>/login/", openid.login, name="openid_connect_login"),
    path(
        "provider/oidc/<str:provider_id>/login/callback/",
        openid.callback,
        name="openid_connect_callback",
    ),
]

choices = [
    path("language/", views.choose_language, name="language"),
    path("theme/", views.choose_theme, name="theme"),
    path("design/", showcase.show_design, name="design"),
    path("design/live/", showcase.show_live, name="design_live"),
    path("design/units.json", showcase.show_units, name="design_units"),
]

urlpatterns = [
    path("account/", include(signing_in)),
    path("", include((choices, "frame"))),
]
