"""Addresses of the desk's pages about suggested kinds."""

from django.urls import path

from renwang.web.desk import suggesting

urlpatterns = [
    path("settings/suggesting/", suggesting.show_record, name="suggesting"),
    path("settings/suggesting/choices/", suggesting.show_choices, name="suggesting_choices"),
    path("settings/suggesting/do/<str:act>/", suggesting.do, name="suggesting_do"),
]
