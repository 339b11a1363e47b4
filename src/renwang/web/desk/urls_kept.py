"""Addresses of what is kept of people, and of the proofs that it went."""

from django.urls import path

from renwang.web.desk import kept

urlpatterns = [
    path("kept/", kept.show_kept, name="kept"),
    path("kept/<int:seq>/", kept.show_run, name="kept_run"),
]
