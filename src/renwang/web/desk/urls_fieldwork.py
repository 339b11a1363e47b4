"""Addresses of the desk's pages about what was done without a network."""

from django.urls import path

from renwang.web.desk import fieldwork

urlpatterns = [
    path("differences/", fieldwork.show_differences, name="differences"),
    path("differences/<uuid:key>/", fieldwork.show_difference, name="difference"),
    path("differences/<uuid:key>/decide/", fieldwork.decide, name="difference_decide"),
    path("phones/<uuid:key>/lost/", fieldwork.call_lost, name="phone_lost"),
]
