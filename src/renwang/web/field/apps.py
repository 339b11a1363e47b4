"""The field part of the screens."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """See docs/explanation/screens.md."""

    name = "renwang.web.field"
    label = "web_field"
