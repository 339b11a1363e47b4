"""Response: rehearsals for now; plans, command and mobilisation are to live here."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResponseConfig(AppConfig):
    """Rehearsals (D1)."""

    name = "renwang.response"
    label = "response"
    verbose_name = _("Response")
