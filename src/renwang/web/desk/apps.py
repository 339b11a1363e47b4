"""The desk part of the screens."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """See docs/explanation/screens.md."""

    name = "renwang.web.desk"
    label = "web_desk"
