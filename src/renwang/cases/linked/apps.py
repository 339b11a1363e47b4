"""Linked systems: Open311 with others, cases pulled from them and sent to them (V5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinkedConfig(AppConfig):
    """Linked systems."""

    name = "renwang.cases.linked"
    label = "linked"
    verbose_name = _("Linked systems")

    def ready(self) -> None:
        """Bring the refusals to wherever refusals are said, and what the readiness check asks."""
        from renwang.cases.linked import checks, words  # noqa: F401
