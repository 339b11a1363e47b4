"""Addresses of early erasure."""

from django.urls import path

from renwang.web.desk import erasures

urlpatterns = [
    path("erasures/", erasures.show_wishes, name="erasures"),
    path("erasures/<uuid:key>/", erasures.show_wish, name="erasure"),
    path("erasures/<uuid:key>/grant/", erasures.grant, name="erasure_grant"),
    path("erasures/<uuid:key>/refuse/", erasures.refuse, name="erasure_refuse"),
    path("cases/<str:ref>/erase/", erasures.ask, name="case_erase"),
]
