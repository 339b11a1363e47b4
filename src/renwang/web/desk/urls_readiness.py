"""Addresses of the desk's pages about readiness."""

from django.urls import path

from renwang.web.desk import readiness, readiness_checks, readiness_places

urlpatterns = [
    path("readiness/", readiness.show_readiness, name="readiness"),
    path("readiness/places/", readiness_places.show_places, name="readiness_places"),
    path("readiness/look/", readiness_places.look, name="readiness_ask"),
    path("readiness/look/<uuid:key>/", readiness_checks.show_look, name="readiness_look"),
    path("readiness/holes/<int:key>/", readiness.show_hole, name="readiness_hole"),
    path("readiness/holes/<int:key>/waive/", readiness.waive, name="readiness_waive"),
    path("readiness/waivers/", readiness_checks.show_waivers, name="readiness_waivers"),
    path("readiness/waivers/<uuid:key>/end/", readiness.end_waiver, name="readiness_waiver_end"),
    path("readiness/checks/", readiness_checks.show_checks, name="readiness_checks"),
    path("readiness/checks/<str:key>/", readiness_checks.show_check, name="readiness_check"),
    path("readiness/own/write/", readiness_checks.write_own, name="readiness_own_write"),
    path("readiness/own/<str:ref>/", readiness_checks.show_own, name="readiness_own"),
    path("readiness/own/<str:ref>/edit/", readiness_checks.write_own, name="readiness_own_edit"),
    path("readiness/own/<str:ref>/end/", readiness_checks.end_own, name="readiness_own_end"),
]
