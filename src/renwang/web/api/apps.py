"""The api part of the screens."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """See docs/explanation/screens.md."""

    name = "renwang.web.api"
    label = "web_api"
