"""Operating a node from the shell."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Commands, the worker loop, backup, the demo."""

    name = "renwang.ops"
    label = "ops"
