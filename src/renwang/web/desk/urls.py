"""Addresses of the desk door."""

app_name = "desk"
urlpatterns: list = []
