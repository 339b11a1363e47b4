"""Addresses of what waits for somebody."""

from django.urls import path

from renwang.web.desk import waits

urlpatterns = [
    path("waits/<uuid:errand_id>/", waits.show_work, name="wait"),
    path("waits/<uuid:errand_id>/take/", waits.take, name="wait_take"),
]
