"""Addresses of Open311. The form of the answer is part of each, as its text wants."""

from django.urls import re_path

from renwang.web.api import open311

app_name = "open311"
_FORM = r"\.(?P<form>xml|json)$"

urlpatterns = [
    re_path(rf"^discovery{_FORM}", open311.discover, name="discovery"),
    re_path(rf"^v2/services{_FORM}", open311.list_services, name="services"),
    re_path(
        rf"^v2/services/(?P<code>[^/]{{1,60}}){_FORM}", open311.define_service, name="definition"
    ),
    re_path(rf"^v2/requests{_FORM}", open311.requests, name="requests"),
    re_path(rf"^v2/requests?/(?P<ref>[^/]{{1,60}}){_FORM}", open311.show_request, name="request"),
    re_path(rf"^v2/servicerequestupdates{_FORM}", open311.updates, name="updates"),
    re_path(rf"^v2/tokens/(?P<token>[^/]{{1,60}}){_FORM}", open311.show_token, name="token"),
]
