"""Addresses of the api door."""

app_name = "api"
urlpatterns: list = []
