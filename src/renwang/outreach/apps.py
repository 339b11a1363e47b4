"""Outreach: everything that is ever said to a person is queued, sent, receipted and withdrawn here."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    """Notices, calls, attempts and channels."""

    name = "renwang.outreach"
    label = "outreach"
    verbose_name = _("Outreach")
