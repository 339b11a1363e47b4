"""Sharing by agreement: cases seen sideways, with two hands and an end (V8, C3)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharingConfig(AppConfig):
    """Sharing by agreement."""

    name = "renwang.cases.sharing"
    label = "sharing"
    verbose_name = _("Sharing by agreement")

    def ready(self) -> None:
        """Bring the refusals to wherever refusals are said, and what the readiness check asks."""
        from renwang.cases.sharing import checks, words  # noqa: F401
