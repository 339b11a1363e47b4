"""Signals: signs of trouble from people and sensors, the triggers that watch them, and their assessment (W1, W2)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    """Signs of trouble, and what they propose."""

    name = "renwang.signals"
    label = "signals"
    verbose_name = _("Signals")
