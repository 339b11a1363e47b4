"""Mediation: a quarrel is settled by those who have it, with a mediator whom both accept (V6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediationConfig(AppConfig):
    """Mediation."""

    name = "renwang.cases.mediation"
    label = "mediation"
    verbose_name = _("Mediation")

    def ready(self) -> None:
        """Bring the refusals to wherever refusals are said."""
        from renwang.cases.mediation import words  # noqa: F401
