"""Addresses of the public door."""

from django.urls import path

from renwang.web.public import pages

app_name = "public"
urlpatterns = [
    path("", pages.show_start, name="start"),
    path("find", pages.find_place, name="find"),
    path("alerts.atom", pages.show_feed, name="feed_of_all"),
    path("places/<str:ref>/", pages.show_place, name="place"),
    path("places/<str:ref>/alerts.atom", pages.show_feed, name="feed"),
    path("alerts/<uuid:alert_id>/", pages.show_alert, name="alert"),
    path("alerts/<uuid:alert_id>.cap", pages.show_original, name="original"),
]
