"""Addresses of the field door."""

app_name = "field"
urlpatterns: list = []
