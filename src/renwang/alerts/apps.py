"""Alerts: official warnings, where they apply, and their relay down the chain (W3)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    """Warnings in the Common Alerting Protocol."""

    name = "renwang.alerts"
    label = "alerts"
    verbose_name = _("Alerts")
