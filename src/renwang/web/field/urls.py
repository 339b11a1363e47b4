"""Addresses of the field door."""

from django.urls import path

from renwang.web.field import pages, reports

app_name = "field"
urlpatterns = [
    path("", pages.show_home, name="home"),
    path("live/", pages.show_calls, name="home_live"),
    path("signs/<int:call_id>/", pages.give_sign, name="sign"),
    path("report/", reports.report, name="report"),
    path("ring/", pages.show_to_ring, name="ring"),
    path("place/", pages.show_place, name="place"),
    path("calls/<int:call_id>/", pages.show_call, name="call"),
    path("calls/<int:call_id>/answer/", pages.answer, name="answer"),
    path("calls/<int:call_id>/round/", pages.make_round, name="round"),
]
