"""The public part of the screens."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """See docs/explanation/screens.md."""

    name = "renwang.web.public"
    label = "web_public"
